package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterProperties.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the properties of a limiter and of one of its keys have in common: limits, short or as a list, and waiting. */
final class StatedPlan {

    private StatedPlan() {}

    /** The limits, whichever way they are written; none if nothing is stated. */
    static List<Limit> limits(List<Limit> limits, @Nullable Long limit, @Nullable Duration window) {
        Check.that(
                limits.isEmpty() || (limit == null && window == null),
                "limit and window",
                limit + " per " + window,
                "must not be given beside limits",
                "add them to limits");
        Check.that(
                (limit == null) == (window == null),
                limit == null ? "window" : "limit",
                limit == null ? window : limit,
                "must not be given alone",
                limit == null ? "give limit too" : "give window too");
        return limit == null || window == null ? List.copyOf(limits) : List.of(new Limit(limit, window));
    }

    /** The limits as the limiter takes them. */
    static List<RateLimit> rateLimits(List<Limit> limits) {
        return limits.stream()
                .map(each -> RateLimit.of(each.limit(), each.window()))
                .toList();
    }

    /** How to wait; empty if nothing is stated. */
    static Optional<Waiting> waiting(
            @Nullable Integer retries, @Nullable Duration retryInterval, @Nullable Duration maxWait) {
        boolean once = retries == null || retries == 0;
        Check.that(
                retryInterval == null || !once,
                "retry-interval",
                retryInterval,
                "needs retries",
                "give retries too, or leave it out");
        if (retries != null && !once) {
            return Optional.of(
                    new Waiting.Retries(retries, Optional.ofNullable(retryInterval), Optional.ofNullable(maxWait)));
        }
        if (maxWait != null) {
            return Optional.of(Waiting.upTo(maxWait));
        }
        return retries == null ? Optional.empty() : Optional.of(Waiting.none());
    }
}
