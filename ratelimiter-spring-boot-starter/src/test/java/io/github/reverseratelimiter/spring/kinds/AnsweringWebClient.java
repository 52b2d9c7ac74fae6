package io.github.reverseratelimiter.spring.kinds;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Lets a {@code WebClient} answer without a network. */
public final class AnsweringWebClient {

    private AnsweringWebClient() {}

    public static WebClient client() {
        return WebClient.builder().exchangeFunction(answers()).build();
    }

    public static ExchangeFunction answers() {
        return request -> Mono.fromSupplier(() -> {
            Answers.nothing(Answers.CALLED);
            return ClientResponse.create(HttpStatus.OK)
                    .header("Content-Type", MediaType.TEXT_PLAIN_VALUE)
                    .body(Answers.CALLED)
                    .build();
        });
    }
}
