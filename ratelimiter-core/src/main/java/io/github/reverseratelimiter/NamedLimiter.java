package io.github.reverseratelimiter;

import org.jspecify.annotations.Nullable;

/**
 * A limiter with limits and a way of waiting of its own, under a name. {@link ReverseRateLimiter#named} gives the same one
 * for the same name: what it is configured with anew counts for everybody in this JVM, from the next call on.
 */
public final class NamedLimiter {

    private final ReverseRateLimiter limiter;
    private final @Nullable ResolvedPlans resolved;
    private final @Nullable Margins margins;
    private volatile LimiterSettings settings;

    /** This limiter, used with these settings; a margin that is to be learnt is that of all calls of the name. */
    public NamedLimiter(ReverseRateLimiter limiter, LimiterSettings settings) {
        this(limiter, settings, null, limiter instanceof DefaultReverseRateLimiter ours ? ours.margins() : null);
        if (margins != null && settings.marginSource() == MarginSource.LEARNT) {
            margins.joined(settings.name(), settings.plan());
        }
    }

    /** This limiter, used with these settings where what was resolved or learnt does not go before them. */
    NamedLimiter(
            ReverseRateLimiter limiter,
            LimiterSettings settings,
            @Nullable ResolvedPlans resolved,
            @Nullable Margins margins) {
        this.limiter = Check.given(limiter, "limiter", "give the one that takes the credits");
        this.settings = Check.given(settings, "settings", "give new LimiterSettings(...)");
        this.resolved = resolved;
        this.margins = margins;
    }

    /** The one of the builder, which says for which windows its margin is learnt. */
    static NamedLimiter configured(
            ReverseRateLimiter limiter, LimiterSettings settings, @Nullable ResolvedPlans resolved, Margins margins) {
        NamedLimiter named = new NamedLimiter(limiter, settings, resolved, margins);
        if (settings.marginSource() == MarginSource.LEARNT) {
            margins.configured(settings.name(), settings.plan());
        }
        return named;
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
        LimiterSettings before = settings;
        settings = other;
        if (margins != null && other.marginSource() == MarginSource.LEARNT) {
            margins.configured(other.name(), other.plan());
        } else if (margins != null && before.marginSource() == MarginSource.LEARNT) {
            margins.stopped(other.name());
        }
    }

    /**
     * The plan that applies to this key at this moment: that of the {@link #settings}, with the limits of the
     * {@link LimitResolver}, if there is one and it tells any. It is asked here, if it was not lately. A margin that is learnt
     * is the one learnt so far.
     */
    public Plan plan(String key) {
        return plan(key, settings.marginSource());
    }

    /** The same with a margin from there, whatever the {@link #settings} say. */
    public Plan plan(String key, MarginSource source) {
        Check.given(source, "margin source" + Check.of(settings.name()), "give MarginSource.STATED, for example");
        Plan configured = settings.plan(key);
        Plan plan = resolved == null ? configured : resolved.plan(key, configured);
        return margins != null && source == MarginSource.LEARNT ? margins.with(settings.name(), plan) : plan;
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
