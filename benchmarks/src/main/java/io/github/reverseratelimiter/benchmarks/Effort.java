package io.github.reverseratelimiter.benchmarks;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param latencyRounds rounds of the latency, each of {@code latencyCalls} calls of everyone, after half as many to warm up
 * @param scriptRounds rounds of the script times, each of {@code scriptCalls} calls of everyone
 * @param oneByOne the largest window that is filled credit by credit
 * @param sortedSet the largest sorted set that is filled for comparison
 * @param trips calls that do not wait, of which the trips are counted
 * @param waiting for how long callers wait in line while their trips are counted
 */
record Effort(
        int latencyRounds,
        int latencyCalls,
        int scriptRounds,
        int scriptCalls,
        int oneByOne,
        int sortedSet,
        int trips,
        Duration waiting) {

    /** For figures to be believed. */
    static final Effort FULL = new Effort(100, 500, 31, 250, 100_000, 1_000_000, 2_000, Duration.ofSeconds(3));

    /** To see that it works. */
    static final Effort TINY = new Effort(2, 200, 9, 100, 4_000, 1_000, 200, Duration.ofMillis(1_200));
}
