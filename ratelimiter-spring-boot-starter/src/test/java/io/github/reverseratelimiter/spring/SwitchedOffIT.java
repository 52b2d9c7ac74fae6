package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.OwnRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where limiting is switched off, a real Redis that is configured sees no connection. */
class SwitchedOffIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    @Test
    void opensNoConnection() {
        long before = connections();

        Contexts.redis(REDIS.server())
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();
                    context.getBean(ReverseRateLimiter.class).tryAcquire("acme", RateLimit.of(1, Duration.ofHours(1)));
                });

        assertThat(connections()).isEqualTo(before);
    }

    /** So that the test above would notice one. */
    @Test
    void opensOneOtherwise() {
        long before = connections();

        Contexts.redis(REDIS.server())
                .withBean(Client.class)
                .run(context ->
                        await().untilAsserted(() -> assertThat(connections()).isEqualTo(before + 1)));
    }

    private static long connections() {
        return REDIS.commands()
                .info("stats")
                .lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    static class Client {

        @ReverseRateLimited(limit = 1, window = "1h")
        public void call() {}
    }
}
