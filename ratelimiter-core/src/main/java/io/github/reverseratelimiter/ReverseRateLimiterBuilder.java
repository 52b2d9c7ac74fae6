package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/** Configures a {@link ReverseRateLimiter}; every setting has a default. */
public final class ReverseRateLimiterBuilder {

    final CreditStore store;
    final Map<String, LimiterSettings> limiters = new LinkedHashMap<>();
    Duration margin = CreditRequest.DEFAULT_MARGIN;
    Duration storeTimeout = Duration.ofMillis(250);
    int maxWaiters = 1_000;
    TimeSource timeSource = TimeSource.system();
    Sleeper sleeper = Sleeper.system();
    Executor executor = ForkJoinPool.commonPool();

    ReverseRateLimiterBuilder(CreditStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Adds a named limiter.
     *
     * @throws IllegalArgumentException if there is one of this name already
     */
    public ReverseRateLimiterBuilder limiter(LimiterSettings settings) {
        if (limiters.putIfAbsent(settings.name(), settings) != null) {
            throw new IllegalArgumentException(
                    "there is a limiter '" + settings.name() + "' already: give each its own name");
        }
        return this;
    }

    /**
     * Margin of requests that name none (default 25 ms; the window, where that is shorter).
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ReverseRateLimiterBuilder margin(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    "margin must not be negative but was " + Durations.text(value) + ": give 0ms or more");
        }
        this.margin = value;
        return this;
    }

    /**
     * How long the store may take for one decision (default 250 ms).
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ReverseRateLimiterBuilder storeTimeout(Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    "store-timeout must be positive but was " + Durations.text(value) + ": give 250ms, for example");
        }
        this.storeTimeout = value;
        return this;
    }

    /**
     * How many callers of one limiter may wait in this JVM at once (default 1,000); more are denied at once.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ReverseRateLimiterBuilder maxWaiters(int value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "max-waiters must be at least 0 but was " + value + ": 0 lets nobody wait");
        }
        this.maxWaiters = value;
        return this;
    }

    /** The clock by which waits are measured (for tests). */
    public ReverseRateLimiterBuilder time(TimeSource source, Sleeper wait) {
        this.timeSource = Objects.requireNonNull(source, "source");
        this.sleeper = Objects.requireNonNull(wait, "wait");
        return this;
    }

    /** Where asynchronous answers are completed (default: the common pool). */
    public ReverseRateLimiterBuilder executor(Executor value) {
        this.executor = Objects.requireNonNull(value, "executor");
        return this;
    }

    /** The limiter. */
    public ReverseRateLimiter build() {
        return new DefaultReverseRateLimiter(this);
    }
}
