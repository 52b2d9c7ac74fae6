package io.github.reverseratelimiter.spring.architecture.offenders;

import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;

public class KnowsAutoConfiguration {

    ReverseRateLimiterAutoConfiguration configuration;
}
