package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;

/** Callers at work. */
interface Crew extends AutoCloseable {

    /** Calls again and again for so long; returns when the last call has ended. */
    Tally work(Gate gate, int accounts, Duration time) throws InterruptedException;

    @Override
    void close();

    /**
     * What came of it.
     *
     * @param latency how long the calls took, those that failed too
     * @param granted how many were granted
     * @param failed how many failed
     * @param seconds how long all of it took
     */
    record Tally(Histogram latency, long granted, long failed, double seconds) {

        long calls() {
            return latency.total();
        }
    }
}
