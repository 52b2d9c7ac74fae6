package io.github.reverseratelimiter.spring.client;

import java.util.OptionalInt;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Of WebClient. */
final class WebFluxStatus implements HttpStatus {

    @Override
    public OptionalInt of(Object answer) {
        if (answer instanceof ClientResponse response) {
            return OptionalInt.of(response.statusCode().value());
        }
        return answer instanceof WebClientResponseException failure
                ? OptionalInt.of(failure.getStatusCode().value())
                : OptionalInt.empty();
    }
}
