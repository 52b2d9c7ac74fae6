package io.github.reverseratelimiter.spring.redis;

import java.time.Duration;

/**
 * How long a connection is waited for.
 *
 * @param call by callers: the time that the store has for a decision
 */
record Bounds(Duration call) {

    private static final Duration LEAST_ATTEMPT = Duration.ofMillis(700);
    private static final Duration MOST_ATTEMPT = Duration.ofSeconds(10);
    private static final Duration LEAST_STALL = Duration.ofSeconds(1);

    /** For an attempt: several trips, and TLS. What takes longer would decide nothing in time. */
    Duration attempt() {
        return min(max(call.multipliedBy(2), LEAST_ATTEMPT), MOST_ATTEMPT);
    }

    /** For any answer, while there are calls without one: after that the connection is given up. */
    Duration stall() {
        return max(call.multipliedBy(2), LEAST_STALL);
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
