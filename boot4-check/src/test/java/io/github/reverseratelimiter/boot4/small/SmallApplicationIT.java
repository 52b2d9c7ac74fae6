package io.github.reverseratelimiter.boot4.small;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What a user of Spring Boot 4 writes, on a real Redis. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
class SmallApplicationIT {

    @SpringBootApplication
    @Import(GitHubClient.class)
    static class SmallApplication {}

    @Service
    static class GitHubClient {

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        String repo(String account) {
            return "repo of " + account;
        }
    }

    @Autowired
    GitHubClient client;

    @Autowired
    ReverseRateLimiter limiter;

    @Autowired
    CreditStore store;

    @DynamicPropertySource
    static void redis(DynamicPropertyRegistry properties) {
        properties.add("spring.data.redis.url", () -> RedisServer.shared().uri());
    }

    @Test
    void limitsAnAnnotatedMethodInRedis() {
        String account = UUID.randomUUID().toString();

        assertThat(client.repo(account)).isEqualTo("repo of " + account);
        client.repo(account);

        assertThatThrownBy(() -> client.repo(account)).isInstanceOf(RateLimitExceededException.class);
        assertThat(store).isInstanceOf(RedisCreditStore.class);
    }

    @Test
    void limitsThroughTheBean() {
        String key = UUID.randomUUID().toString();
        RateLimit limit = RateLimit.of(1, Duration.ofHours(1));

        assertThat(limiter.tryAcquire(key, limit)).isInstanceOf(Acquisition.Granted.class);
        assertThat(limiter.tryAcquire(key, limit)).isInstanceOf(Acquisition.Denied.class);
    }
}
