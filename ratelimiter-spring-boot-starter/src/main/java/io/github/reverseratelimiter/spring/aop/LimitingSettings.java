package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.LimiterSettings;
import java.time.Duration;
import java.util.List;

/**
 * What the configuration says about annotated methods.
 *
 * @param enabled whether the annotations do anything
 * @param margin of methods that name none
 * @param limiters with their names; those that the limiter itself knows go before
 * @param advice where credits are taken among other advice
 * @param misuse what is done about what is seldom right
 */
public record LimitingSettings(
        boolean enabled, Duration margin, List<LimiterSettings> limiters, AdvicePosition advice, OnMisuse misuse) {

    /** Takes a copy of the list. */
    public LimitingSettings {
        limiters = List.copyOf(limiters);
    }
}
