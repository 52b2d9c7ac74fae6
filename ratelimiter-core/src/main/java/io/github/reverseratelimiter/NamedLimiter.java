package io.github.reverseratelimiter;

/** A limiter with limits and a way of waiting of its own, under a name; from {@link ReverseRateLimiter#named}. */
public final class NamedLimiter {

    private final ReverseRateLimiter limiter;
    private final LimiterSettings settings;

    /** This limiter, used with these settings. */
    public NamedLimiter(ReverseRateLimiter limiter, LimiterSettings settings) {
        this.limiter = Check.given(limiter, "limiter", "give the one that takes the credits");
        this.settings = Check.given(settings, "settings", "give new LimiterSettings(...)");
    }

    /** What this limiter was configured with. */
    public LimiterSettings settings() {
        return settings;
    }

    /** A request for one credit of this key as this limiter is configured; change a copy of it for anything else. */
    public CreditRequest request(String key) {
        return settings.request(key);
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
