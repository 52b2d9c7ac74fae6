package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;

/** A limiter as one instance of the application uses it, with many threads. */
interface Limiting extends AutoCloseable {

    /** Longer than anybody has to wait in a scenario. */
    Duration LONGEST = Duration.ofMinutes(2);

    /**
     * Returns when the caller may make a call in the name of this account.
     *
     * @return whom to tell when that call has ended
     */
    Ended acquire(String account) throws InterruptedException;

    @Override
    void close();

    /** Hears of the end of a call. */
    @FunctionalInterface
    interface Ended {

        /** For limiters that do not care. */
        Ended UNHEARD = (status, took) -> {};

        /** The call was answered with this status, so long after its caller had been granted it. */
        void ended(int status, Duration took);
    }
}
