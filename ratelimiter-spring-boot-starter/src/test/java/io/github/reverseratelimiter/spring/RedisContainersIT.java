package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** On a Redis in a container; in the profile {@code containers} only. */
@SpringBootTest(classes = RedisContainersIT.Application.class, properties = "reverse-rate-limiter.store-timeout=10s")
@Testcontainers
class RedisContainersIT {

    @Container
    @ServiceConnection(name = "redis")
    static final GenericContainer<?> REDIS = new GenericContainer<>("redis:7.4-alpine").withExposedPorts(6379);

    @Autowired
    private ReverseRateLimiter limiter;

    @Test
    void grantsUpToTheLimit() {
        RateLimit two = RateLimit.of(2, Duration.ofHours(1));

        assertThat(limiter.tryAcquire("acme", two)).isInstanceOf(Acquisition.Granted.class);
        assertThat(limiter.tryAcquire("acme", two)).isInstanceOf(Acquisition.Granted.class);
        assertThat(limiter.tryAcquire("acme", two))
                .isInstanceOfSatisfying(
                        Acquisition.Denied.class,
                        denied -> assertThat(denied.reason()).isEqualTo(Acquisition.Reason.EXHAUSTED));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
