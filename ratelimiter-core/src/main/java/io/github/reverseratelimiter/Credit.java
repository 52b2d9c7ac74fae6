package io.github.reverseratelimiter;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What was taken from a store: so many credits of a key, at a time on the store's clock. It is the receipt for a refund,
 * which is honoured once.
 */
public final class Credit {

    private final CreditKey key;
    private final int credits;
    private final long at;
    private final AtomicBoolean spent = new AtomicBoolean();

    /** Credits granted for {@code at}, in microseconds on the store's clock. */
    Credit(CreditKey key, int credits, long at) {
        this.key = key;
        this.credits = credits;
        this.at = at;
    }

    /** Whose credits. */
    public CreditKey key() {
        return key;
    }

    /** How many, at least 1. */
    public int credits() {
        return credits;
    }

    /** For when they were granted, in microseconds on the store's clock. */
    public long at() {
        return at;
    }

    /** The same credits, after a pause has moved them. */
    Credit later(long micros) {
        return new Credit(key, credits, at + micros);
    }

    /** Claims the one refund that this receipt is good for. */
    boolean claim() {
        return spent.compareAndSet(false, true);
    }

    /** Says how many and when, not whose: keys may be personal data. */
    @Override
    public String toString() {
        return credits + " at " + at;
    }
}
