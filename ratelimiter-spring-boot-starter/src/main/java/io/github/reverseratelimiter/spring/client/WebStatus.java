package io.github.reverseratelimiter.spring.client;

import java.util.OptionalInt;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClientResponseException;

/** Of RestClient and RestTemplate, and of all that return a {@link ResponseEntity}. */
final class WebStatus implements HttpStatus {

    @Override
    public OptionalInt of(Object answer) {
        if (answer instanceof ResponseEntity<?> response) {
            return OptionalInt.of(response.getStatusCode().value());
        }
        return answer instanceof RestClientResponseException failure
                ? OptionalInt.of(failure.getStatusCode().value())
                : OptionalInt.empty();
    }
}
