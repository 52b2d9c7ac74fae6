package io.github.reverseratelimiter;

/**
 * What a limiter answers while the store does not decide. A store that cannot be used as it is set up is an error with each; and a crowd of
 * this instance's own ({@link CreditStoreException.Reason#CROWD}) is denied with each, since the store is well.
 */
public enum OnStoreFailure {
    /** No: {@link Acquisition.Reason#STORE_UNAVAILABLE}. The provider is never called without a credit. */
    DENY("deny"),
    /** Yes: {@link Acquisition.Basis.Policy}. Nobody counts, and nothing of it is known when the store is back. */
    ALLOW("allow"),
    /**
     * As far as this instance's share of each limit goes: {@link Acquisition.Basis.Local}. When the store is back, this
     * instance keeps to its share, beside what the store says, until all that was granted without the store has left the
     * window; after a single failure too, for the keys of which the share has granted. A share has no calls in flight: where their number is
     * limited, the answer is no.
     */
    LOCAL("local");

    private final String text;

    OnStoreFailure(String text) {
        this.text = text;
    }

    /** The one that grants less, to begin with: what several limiters agree on. */
    OnStoreFailure stricter(OnStoreFailure other) {
        if (this == DENY || other == DENY) {
            return DENY;
        }
        return this == LOCAL || other == LOCAL ? LOCAL : ALLOW;
    }

    /** What applies to a request that was not decided for this reason. */
    OnStoreFailure where(CreditStoreException cause) {
        return cause.reason() == CreditStoreException.Reason.CROWD ? DENY : this;
    }

    /** As it is written in properties, tags and documents: {@code deny}. */
    @Override
    public String toString() {
        return text;
    }
}
