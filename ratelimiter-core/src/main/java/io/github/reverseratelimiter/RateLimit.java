package io.github.reverseratelimiter;

import java.io.Serializable;
import java.time.Duration;

/**
 * A limit: at most {@code limit} credits in any {@code window}, wherever the window begins (a sliding window log).
 *
 * @param limit credits per window, at least 1
 * @param window the span the limit applies to, from {@link #MIN_WINDOW} to {@link #MAX_WINDOW}; counted in whole
 *     microseconds, a fraction is rounded up
 */
public record RateLimit(int limit, Duration window) implements Serializable {

    /** Shortest window that is accepted: one millisecond. */
    public static final Duration MIN_WINDOW = Duration.ofMillis(1);

    /** Longest window that is accepted: 366 days. */
    public static final Duration MAX_WINDOW = Duration.ofDays(366);

    /**
     * Checks both values.
     *
     * @throws IllegalArgumentException if the limit or the window is out of range
     */
    public RateLimit {
        checkLimit(limit);
        Check.given(window, "window", "give Duration.ofSeconds(1), for example");
        if (window.compareTo(MIN_WINDOW) < 0) {
            throw new IllegalArgumentException(
                    "window must be at least 1ms but was " + Durations.text(window) + ": give a window of 1ms or more");
        }
        if (window.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException("window must be at most 366d but was " + Durations.text(window)
                    + ": give a window of 366 days or less");
        }
    }

    /**
     * A limit of so many credits per window.
     *
     * @throws IllegalArgumentException if the limit is not from 1 to 2147483647, or the window is out of range
     */
    public static RateLimit of(long limit, Duration window) {
        checkLimit(limit);
        return new RateLimit((int) limit, window);
    }

    private static void checkLimit(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException(
                    "limit must be at least 1 but was " + limit + ": give the number of credits per window");
        }
        if (limit > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("limit must be at most " + Integer.MAX_VALUE + " but was " + limit
                    + ": give a smaller limit, or the same rate over a shorter window");
        }
    }

    /** The window in microseconds, rounded up. */
    public long windowMicros() {
        return Durations.microsUp(window);
    }

    /** Reads as {@code "100 per 1m"}. */
    @Override
    public String toString() {
        return limit + " per " + Durations.text(window);
    }
}
