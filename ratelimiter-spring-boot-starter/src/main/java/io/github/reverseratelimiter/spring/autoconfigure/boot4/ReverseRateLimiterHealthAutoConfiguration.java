package io.github.reverseratelimiter.spring.autoconfigure.boot4;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterProperties;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health indicator {@code reverseRateLimiter} on Spring Boot 4. It is up also while the store is
 * away, and says then that it is degraded: the application works as its policy says, and restarting it would not help.
 */
@AutoConfiguration(before = ReverseRateLimiterAutoConfiguration.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.health.contributor.HealthIndicator",
            "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator"
        })
@ConditionalOnEnabledHealthIndicator("reverse-rate-limiter")
@ConditionalOnProperty(name = "reverse-rate-limiter.enabled", matchIfMissing = true)
public final class ReverseRateLimiterHealthAutoConfiguration {

    ReverseRateLimiterHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StoreHealth reverseRateLimiterStoreHealth(ReverseRateLimiterProperties properties) {
        return properties.health();
    }

    @Bean
    @ConditionalOnMissingBean(name = "reverseRateLimiterHealthIndicator")
    HealthIndicator reverseRateLimiterHealthIndicator(StoreHealth health) {
        return () -> Health.up().withDetails(health.details()).build();
    }
}
