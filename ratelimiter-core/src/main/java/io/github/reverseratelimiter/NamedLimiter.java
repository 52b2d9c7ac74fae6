package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/**
 * A limiter with limits and a way of waiting of its own, under a name. {@link ReverseRateLimiter#named} gives the same one
 * for the same name: what it is configured with anew counts for everybody in this JVM, from the next call on.
 */
public final class NamedLimiter {

    private final ReverseRateLimiter limiter;
    private final @Nullable ResolvedPlans resolved;
    private final @Nullable MarginLearning learning;
    private volatile LimiterSettings settings;

    /** This limiter, used with these settings. */
    public NamedLimiter(ReverseRateLimiter limiter, LimiterSettings settings) {
        this(limiter, settings, null, null);
    }

    /** This limiter, used with these settings where what was resolved or learnt does not go before them. */
    NamedLimiter(
            ReverseRateLimiter limiter,
            LimiterSettings settings,
            @Nullable ResolvedPlans resolved,
            @Nullable MarginLearning learning) {
        this.limiter = Check.given(limiter, "limiter", "give the one that takes the credits");
        this.settings = Check.given(settings, "settings", "give new LimiterSettings(...)");
        this.resolved = resolved;
        this.learning = learning;
        configured(settings);
    }

    /** What this limiter is configured with at this moment. */
    public LimiterSettings settings() {
        return settings;
    }

    /**
     * Configures this limiter anew, for every call from the next one on; who waits already keeps the place it has. The
     * history is kept: no window holds more than the larger of the two limits. Only this JVM learns of it, and only until
     * it ends.
     *
     * @throws IllegalArgumentException if the settings have another name
     */
    public void configure(LimiterSettings other) {
        Check.given(other, "settings" + Check.of(settings.name()), "give a changed copy of settings()");
        if (!other.name().equals(settings.name())) {
            throw new IllegalArgumentException(
                    "limiter '" + settings.name() + "' cannot be configured with settings of '" + other.name()
                            + "': give a changed copy of its own settings()");
        }
        if (limiter instanceof DefaultReverseRateLimiter configured) {
            configured.checkPolicy(other.onStoreFailure(), other.name());
        }
        settings = other;
        configured(other);
    }

    private void configured(LimiterSettings now) {
        if (learning != null && now.marginSource() == MarginSource.LEARNT) {
            learning.configured(now.plan());
        }
    }

    /** A call that was granted by this limiter has ended. */
    void ended(Acquisition.Granted granted, Acquisition.Basis.Store basis, CallEnd end) {
        if (learning != null && settings.marginSource() == MarginSource.LEARNT) {
            learning.ended(granted, basis, end);
        }
    }

    /** The store went away, or came back. */
    void storeChanged() {
        if (learning != null) {
            learning.storeChanged();
        }
    }

    /**
     * The plan that applies to this key at this moment: that of the {@link #settings}, with the limits of the
     * {@link LimitResolver}, if there is one and it tells any. It is asked here, if it was not lately. A margin that is learnt
     * is the one learnt so far.
     */
    public Plan plan(String key) {
        LimiterSettings now = settings;
        Plan configured = now.plan(key);
        Plan plan = resolved == null ? configured : resolved.plan(key, configured);
        return learning != null && now.marginSource() == MarginSource.LEARNT ? learning.with(plan) : plan;
    }

    /** A request for one credit of this key as this limiter is configured; change a copy of it for anything else. */
    public CreditRequest request(String key) {
        CreditKey whose = new CreditKey(settings.name(), key);
        Plan plan = plan(key);
        return new CreditRequest(whose, plan.limits(), plan.margin(), 1, plan.waiting(), plan.flow());
    }

    /** Asks once for one credit and never waits. */
    public Acquisition tryAcquire(String key) {
        return limiter.acquire(request(key).waiting(Waiting.none()));
    }

    /**
     * Takes one credit, waiting as this limiter is configured.
     *
     * @throws AcquireInterruptedException if the thread is interrupted while it waits; the credit is given back
     */
    public Acquisition acquire(String key) {
        return limiter.acquire(request(key));
    }
}
