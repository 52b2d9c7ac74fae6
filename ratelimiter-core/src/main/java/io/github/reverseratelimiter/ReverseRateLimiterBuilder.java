package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Configures a {@link ReverseRateLimiter}; every setting has a default. */
public final class ReverseRateLimiterBuilder {

    /** Longest store-timeout that is accepted: one hour. */
    public static final Duration MAX_STORE_TIMEOUT = Duration.ofHours(1);

    /** Longest time for which a refusal may be believed: one second. */
    public static final Duration MAX_REMEMBERED = Duration.ofSeconds(1);

    /** Longest lease that is accepted: one day. */
    public static final Duration MAX_LEASE = Duration.ofDays(1);

    private static final int LEAST_LEASE_IN_STORE_TIMEOUTS = 4;
    private static final Duration USUAL_LEASE = Duration.ofSeconds(30);
    private static final Duration USUAL_LONGEST_CALL = Duration.ofMinutes(10);

    final CreditStore store;
    final Map<String, LimiterSettings> limiters = new LinkedHashMap<>();

    @Nullable
    LimitResolver limitResolver;

    Duration limitsCache = Duration.ofSeconds(10);
    final List<RateLimiterListener> listeners = new ArrayList<>();
    Duration margin = CreditRequest.DEFAULT_MARGIN;
    Duration storeTimeout = Duration.ofMillis(250);
    OnStoreFailure onStoreFailure = OnStoreFailure.DENY;

    @Nullable
    CreditStore shareCounter;

    int expectedInstances = 1;
    int maxWaiters = 1_000;

    @Nullable
    private Duration lease;

    @Nullable
    private Duration longestCall;

    TimeSource timeSource = TimeSource.system();
    Sleeper sleeper = Sleeper.system();
    Duration rememberDenials = Duration.ofMillis(5);

    @Nullable
    Executor executor;

    ReverseRateLimiterBuilder(CreditStore store) {
        this.store = Check.given(store, "store", "give new InMemoryCreditStore(), or one in Redis");
    }

    /**
     * Adds a named limiter.
     *
     * @throws IllegalArgumentException if there is one of this name already
     */
    public ReverseRateLimiterBuilder limiter(LimiterSettings settings) {
        Check.given(settings, "settings", "give new LimiterSettings(...)");
        if (limiters.putIfAbsent(settings.name(), settings) != null) {
            throw new IllegalArgumentException(
                    "there is a limiter '" + settings.name() + "' already: give each its own name");
        }
        return this;
    }

    /** Where the limits of named limiters' keys live, if not in the settings. */
    public ReverseRateLimiterBuilder limitResolver(LimitResolver resolver) {
        this.limitResolver = Check.given(resolver, "limit resolver", "leave it out if all limits are configured");
        return this;
    }

    /**
     * How long to keep what the {@link LimitResolver} told about a key (default 10 s); zero asks it at each call.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ReverseRateLimiterBuilder limitsCache(Duration value) {
        if (Check.given(value, "limits-cache", "give 10s, for example").isNegative()) {
            throw new IllegalArgumentException(
                    "limits-cache must not be negative but was " + Durations.text(value) + ": give 0s or more");
        }
        this.limitsCache = value;
        return this;
    }

    /** Adds a listener; those that were added before are told before. */
    public ReverseRateLimiterBuilder listener(RateLimiterListener listener) {
        listeners.add(Check.given(listener, "listener", "leave it out if there is none"));
        return this;
    }

    /**
     * Margin of requests that name none (default 25 ms; the window, where that is shorter).
     *
     * @throws IllegalArgumentException if it is negative, or longer than any window
     */
    public ReverseRateLimiterBuilder margin(Duration value) {
        if (Check.given(value, "margin", "give 25ms, for example").isNegative()) {
            throw new IllegalArgumentException(
                    "margin must not be negative but was " + Durations.text(value) + ": give 0ms or more");
        }
        if (value.compareTo(RateLimit.MAX_WINDOW) > 0) {
            throw new IllegalArgumentException("margin must be at most 366d but was " + Durations.text(value)
                    + ": give the spread of the delay to the provider, 25ms for example");
        }
        this.margin = value;
        return this;
    }

    /**
     * How long the store may take for one decision (default 250 ms).
     *
     * @throws IllegalArgumentException if it is not positive, or longer than an hour
     */
    public ReverseRateLimiterBuilder storeTimeout(Duration value) {
        Check.given(value, "store-timeout", "give 250ms, for example");
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    "store-timeout must be positive but was " + Durations.text(value) + ": give 250ms, for example");
        }
        if (value.compareTo(MAX_STORE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("store-timeout must be at most "
                    + Durations.text(MAX_STORE_TIMEOUT) + " but was " + Durations.text(value)
                    + ": give 250ms, for example; nobody waits for one decision longer than that");
        }
        this.storeTimeout = value;
        return this;
    }

    /**
     * What is answered while the store does not decide (default {@link OnStoreFailure#DENY}), where the settings of a
     * limiter say nothing else. Of several limiters that are asked together the strictest counts. {@link OnStoreFailure#LOCAL}
     * needs a {@link #localShare}.
     */
    public ReverseRateLimiterBuilder onStoreFailure(OnStoreFailure policy) {
        this.onStoreFailure = Check.given(policy, "on-store-failure", "give OnStoreFailure.DENY, for example");
        return this;
    }

    /**
     * Where {@link OnStoreFailure#LOCAL} counts this instance's share of each limit: limit / instances, rounded down, at
     * least 1. Closing the limiter closes it.
     *
     * @param counter decides at once and on the limiter's clock: {@code new InMemoryCreditStore()}
     * @param expectedInstances how many instances there are at most
     * @throws IllegalArgumentException if there are less than one
     */
    public ReverseRateLimiterBuilder localShare(CreditStore counter, int expectedInstances) {
        if (expectedInstances < 1) {
            throw new IllegalArgumentException("expected-instances must be at least 1 but was " + expectedInstances
                    + ": give how many instances there are at most");
        }
        this.shareCounter = Check.given(counter, "counter", "give new InMemoryCreditStore()");
        this.expectedInstances = expectedInstances;
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

    /**
     * For how long a refusal is believed without asking the store again (default 5 ms): whoever asks for as many, and does
     * not wait, is denied at once. Another instance may give credits back, or raise the limit, meanwhile; zero asks each time.
     *
     * @throws IllegalArgumentException if it is negative, or longer than a second
     */
    public ReverseRateLimiterBuilder rememberDenials(Duration value) {
        Check.given(value, "remember-denials", "give 5ms, for example");
        if (value.isNegative() || value.compareTo(MAX_REMEMBERED) > 0) {
            throw new IllegalArgumentException("remember-denials must be from 0ms to "
                    + Durations.text(MAX_REMEMBERED) + " but was " + Durations.text(value)
                    + ": give 5ms, for example; other instances may give credits back meanwhile");
        }
        this.rememberDenials = value;
        return this;
    }

    /**
     * For how long an instance may be silent before the calls that it has in flight are given up (default 30 s, or four times
     * the store-timeout where that is longer). An instance that lives is heard of three times as often. The places of one that
     * was killed come back after that time; of one that stood still for longer, calls may be in flight that nobody counts.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than a day; {@link #build} checks that it is at least four
     *     times the store-timeout
     */
    public ReverseRateLimiterBuilder lease(Duration value) {
        this.lease = checkLease(Check.given(value, "lease", "give 30s, for example"));
        return this;
    }

    /**
     * After what time a call in flight is not counted any more though nobody has said that it ended (default 10 min, or the
     * lease where that is longer): a warning says so once.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than 366 days; {@link #build} checks that it is at least the
     *     lease
     */
    public ReverseRateLimiterBuilder longestCall(Duration value) {
        Check.given(value, "longest-call", "give 10m, for example");
        if (value.isZero() || value.isNegative() || value.compareTo(Waiting.MAX_WAIT) > 0) {
            throw new IllegalArgumentException("longest-call must be positive and at most 366d but was "
                    + Durations.text(value) + ": give the longest time that a call may take");
        }
        this.longestCall = value;
        return this;
    }

    /** The shortest lease that goes with this store-timeout: within it a trip is over before a lease can run out. */
    public static Duration leastLease(Duration storeTimeout) {
        return storeTimeout.multipliedBy(LEAST_LEASE_IN_STORE_TIMEOUTS);
    }

    /** The lease that goes with this store-timeout unless one is given. */
    public static Duration usualLease(Duration storeTimeout) {
        return longer(USUAL_LEASE, leastLease(storeTimeout));
    }

    private static Duration checkLease(Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException("lease must be positive and at most 1d but was " + Durations.text(value)
                    + ": give 30s, for example");
        }
        return value;
    }

    /** The lease that is stated, or the usual one. */
    Duration lease() {
        Duration least = leastLease(storeTimeout);
        if (lease == null) {
            return usualLease(storeTimeout);
        }
        if (lease.compareTo(least) < 0) {
            throw new IllegalArgumentException("lease must be at least four times the store-timeout of "
                    + Durations.text(storeTimeout) + " but was " + Durations.text(lease)
                    + ": give " + Durations.text(least) + " or more");
        }
        return lease;
    }

    /** The longest call that is stated, or the usual one. */
    Duration longestCall() {
        if (longestCall == null) {
            return longer(USUAL_LONGEST_CALL, lease());
        }
        if (longestCall.compareTo(lease()) < 0) {
            throw new IllegalArgumentException("longest-call must be at least the lease of " + Durations.text(lease())
                    + " but was " + Durations.text(longestCall)
                    + ": give the longest time that a call may take, or a shorter lease");
        }
        return longestCall;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** The clock by which waits are measured (for tests). */
    public ReverseRateLimiterBuilder time(TimeSource source, Sleeper wait) {
        this.timeSource = Check.given(source, "time source", "give TimeSource.system()");
        this.sleeper = Check.given(wait, "sleeper", "give Sleeper.system()");
        return this;
    }

    /**
     * Where asynchronous answers are completed, and functions chained to them run (default: some daemon
     * threads of the limiter's own, which end when they are idle). What it refuses is done in the thread at hand.
     */
    public ReverseRateLimiterBuilder executor(Executor value) {
        this.executor = Check.given(value, "executor", "leave it out for the default");
        return this;
    }

    /** What the resolver tells about the keys of one limiter; null if there is none. */
    @Nullable
    ResolvedPlans resolved(String limiter) {
        return limitResolver == null ? null : new ResolvedPlans(limiter, limitResolver, limitsCache, timeSource);
    }

    /**
     * The limiter.
     *
     * @throws IllegalArgumentException if a limiter counts locally and there is no {@link #localShare}, or the lease is shorter than
     *     four times the store-timeout, or longer than the longest call
     */
    public ReverseRateLimiter build() {
        return new DefaultReverseRateLimiter(this);
    }
}
