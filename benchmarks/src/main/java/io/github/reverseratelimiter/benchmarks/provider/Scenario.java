package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;

/**
 * A provider, and the way to it.
 *
 * @param quota what it allows; of calls at once, how many, and how long each takes
 */
record Scenario(Kind kind, RateLimit quota, Delay delay) {

    /** What is between a grant and the first byte on the wire, at most, on a machine that has a core to spare. */
    private static final Duration OWN_SPREAD = Duration.ofMillis(25);

    /** The shortest time in which as many calls as the limit can be made, none of them refused. */
    Duration best() {
        return kind.best(quota, delay);
    }

    /** The margin that no refusal should need more than: the spread of the delay, and what callers take to send. */
    Duration sufficientMargin() {
        Duration sum = delay.spread().plus(OWN_SPREAD);
        return sum.compareTo(quota.window()) > 0 ? quota.window() : sum;
    }

    @Override
    public String toString() {
        String what = kind == Kind.CONCURRENCY
                ? quota.limit() + " at once, " + Text.millis(quota.window()) + " each"
                : kind + ", " + Text.quota(quota);
        return what + ", delay " + delay;
    }
}
