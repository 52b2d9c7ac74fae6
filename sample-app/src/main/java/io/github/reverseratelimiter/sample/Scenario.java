package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of the figures.
 *
 * @param options what is run
 * @param limited whether with the limiter
 */
record Scenario(SampleOptions options, boolean limited) {

    /**
     * The whole set: three quotas without and with the margin, a longest wait that is too short for the load, and no
     * limiter at all. Each has its own account, since the Redis is the same.
     */
    static List<Scenario> all(SampleOptions options) {
        RateLimit slow = RateLimit.of(5, Duration.ofSeconds(1));
        RateLimit fast = RateLimit.of(50, Duration.ofSeconds(1));
        RateLimit lasting = RateLimit.of(100, Duration.ofSeconds(10));
        List<Scenario> all = new ArrayList<>();
        for (RateLimit quota : List.of(slow, fast, lasting)) {
            all.add(limited(options, all.size(), quota, Duration.ZERO, options.maxWait()));
            all.add(limited(options, all.size(), quota, options.margin(), options.maxWait()));
        }
        all.add(limited(options, all.size(), slow, options.margin(), Duration.ofSeconds(2)));
        for (RateLimit quota : List.of(slow, fast, lasting)) {
            Scenario on = limited(options, all.size(), quota, options.margin(), options.maxWait());
            all.add(new Scenario(on.options(), false));
        }
        return all;
    }

    private static Scenario limited(
            SampleOptions options, int number, RateLimit quota, Duration margin, Duration maxWait) {
        return new Scenario(options.with(options.account() + "-" + (number + 1), quota, margin, maxWait), true);
    }
}
