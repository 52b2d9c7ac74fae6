package io.github.reverseratelimiter.spring.autoconfigure.metrics;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import io.github.reverseratelimiter.spring.metrics.MeterRecordingListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters, for applications that have a {@link MeterRegistry}: the one there is, or the primary
 * one, which is Spring Boot's composite of all.
 */
@AutoConfiguration(
        before = ReverseRateLimiterAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class ReverseRateLimiterMetricsAutoConfiguration {

    ReverseRateLimiterMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    MeterRecordingListener reverseRateLimiterMeterRecordingListener(MeterRegistry registry) {
        return new MeterRecordingListener(registry);
    }
}
