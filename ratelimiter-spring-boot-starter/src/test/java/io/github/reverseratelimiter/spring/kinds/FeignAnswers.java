package io.github.reverseratelimiter.spring.kinds;

import feign.Client;
import feign.Response;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;

/** Configures OpenFeign's clients to answer without a network. */
public class FeignAnswers {

    @Bean
    feign.Contract contract() {
        return new feign.Contract.Default();
    }

    @Bean
    feign.codec.Decoder decoder() {
        return new feign.codec.StringDecoder();
    }

    @Bean
    feign.codec.Encoder encoder() {
        return (@Nullable Object object, java.lang.reflect.Type type, feign.RequestTemplate template) -> {};
    }

    @Bean
    Client client() {
        return (request, options) -> {
            Answers.nothing(Answers.CALLED);
            return Response.builder()
                    .status(200)
                    .request(request)
                    .body(Answers.CALLED, StandardCharsets.UTF_8)
                    .build();
        };
    }
}
