package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.Optional;

/** How a request waits for credits that are not free yet. */
public sealed interface Waiting {

    /** Longest wait that is accepted: 366 days. */
    Duration MAX_WAIT = RateLimit.MAX_WINDOW;

    /** Ask once, never wait. */
    static Waiting none() {
        return None.INSTANCE;
    }

    /**
     * Stand in line, for as long as it takes, up to {@code maxWait}; zero is {@link #none()}.
     *
     * @throws IllegalArgumentException if {@code maxWait} is negative or longer than {@link #MAX_WAIT}
     */
    static Waiting upTo(Duration maxWait) {
        return Duration.ZERO.equals(maxWait) ? none() : new UpTo(maxWait);
    }

    /**
     * Ask again up to {@code retries} times; zero is {@link #none()}.
     *
     * @throws IllegalArgumentException if {@code retries} is negative
     */
    static Waiting retries(int retries) {
        return retries == 0 ? none() : new Retries(retries, Optional.empty(), Optional.empty());
    }

    /** One attempt. */
    enum None implements Waiting {
        /** The only one. */
        INSTANCE
    }

    /**
     * A place in the line, served in the order in which the store saw the requests.
     *
     * @param maxWait longest wait; a request that would have to wait longer is denied at once
     */
    record UpTo(Duration maxWait) implements Waiting {

        /** Checks the range. */
        public UpTo {
            check("maxWait", maxWait);
        }
    }

    /**
     * Attempts = 1 + retries, with no place in the line between them.
     *
     * @param retries further attempts, at least 0
     * @param interval time between two attempts; if empty, as long as the last answer said
     * @param maxWait longest wait in all, if given: the earlier of the two ends it
     */
    record Retries(int retries, Optional<Duration> interval, Optional<Duration> maxWait) implements Waiting {

        private static final String GIVE_NOTHING = "give Optional.empty() for none";

        /** Checks the ranges. */
        public Retries {
            if (retries < 0) {
                throw new IllegalArgumentException(
                        "retries must be at least 0 but was " + retries + ": attempts are 1 + retries");
            }
            Check.given(interval, "retryInterval", GIVE_NOTHING).ifPresent(value -> check("retryInterval", value));
            Check.given(maxWait, "maxWait", GIVE_NOTHING).ifPresent(value -> check("maxWait", value));
        }
    }

    private static void check(String what, Duration value) {
        Check.given(value, what, "give Duration.ofSeconds(2), for example");
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    what + " must not be negative but was " + Durations.text(value) + ": give 0s or more");
        }
        if (value.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException(
                    what + " must be at most 366d but was " + Durations.text(value) + ": give a shorter one");
        }
    }
}
