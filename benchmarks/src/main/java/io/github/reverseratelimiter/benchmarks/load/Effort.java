package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;

/**
 * How much to measure.
 *
 * @param rounds of each cell, after one that counts for nothing
 * @param round how long each limiter works in a round
 * @param waiting for how long callers ask anew where they wait; three times, or once for every four rounds
 */
record Effort(int rounds, Duration round, Duration waiting) {

    /** Rounds that count for nothing. */
    static final int WARM_UP = 3;

    private static final int LEAST_WAITS = 3;

    /** Under ten minutes. */
    static final Effort SHORT = new Effort(5, Duration.ofMillis(300), Duration.ofSeconds(4));

    /** How often waits are measured. */
    int waits() {
        return Math.max(LEAST_WAITS, rounds / 4);
    }
}
