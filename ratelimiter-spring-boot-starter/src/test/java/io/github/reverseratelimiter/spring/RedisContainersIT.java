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
@SpringBootTest(classes = RedisContainersIT.Application.class)
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
        limiter.acquire("acme", two, Duration.ZERO);
        limiter.acquire("acme", two, Duration.ZERO);

        assertThat(limiter.tryAcquire("acme", two)).isInstanceOf(Acquisition.Denied.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
