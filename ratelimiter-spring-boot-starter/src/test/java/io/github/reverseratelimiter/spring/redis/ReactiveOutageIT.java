package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;

/** FAULTS row 3, for methods that return a {@code Mono}, over the connection factory that Spring Boot makes. */
class ReactiveOutageIT extends OutageContract {

    @Override
    RedisConnectionFactory factory(int port) {
        return new LettuceConnectionFactory("127.0.0.1", port);
    }

    @Override
    int mostConnections() {
        return 1;
    }

    @Override
    int mostThreads() {
        return 1;
    }

    @Override
    int callsEach() {
        return 40;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void everySubscriptionEndsInItsTime(String client) {
        connect();
        Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.port=" + proxy.port(),
                        "spring.data.redis.client-type=" + client,
                        "reverse-rate-limiter.margin=1h")
                .withBean(Client.class)
                .run(context -> {
                    Client bean = context.getBean(Client.class);
                    await().ignoreExceptions().untilAsserted(() -> bean.call().block());
                    redis.freeze();

                    Decisions during = decidesInTime(1, unused -> bean.call().toFuture());
                    during.addAll(decidesInTime(MANY, unused -> bean.call().toFuture()));
                    assertThat(during.byRedis()).isZero();
                    assertThatExceptionOfType(CreditStoreException.class)
                            .isThrownBy(() -> bean.call().block());
                });
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 1_000_000, window = "1h")
        public Mono<String> call() {
            return Mono.just("called");
        }
    }
}
