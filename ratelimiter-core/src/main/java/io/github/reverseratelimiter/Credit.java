package io.github.reverseratelimiter;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What was taken: so many credits of a key, at a time on the clock of who counts them. It is the receipt for a refund,
 * which is honoured once.
 */
public final class Credit {

    private final CreditKey key;
    private final int credits;
    private final long at;
    private final Origin origin;
    private final @Nullable Credit share;
    private long dueNanos;
    private long lateNanos;
    private final AtomicBoolean spent = new AtomicBoolean();

    private enum Origin {
        STORE,
        SHARE
    }

    /** Credits granted for {@code at}, in microseconds on the store's clock. */
    Credit(CreditKey key, int credits, long at) {
        this(key, credits, at, Origin.STORE, null);
    }

    private Credit(CreditKey key, int credits, long at, Origin origin, @Nullable Credit share) {
        this.key = key;
        this.credits = credits;
        this.at = at;
        this.origin = origin;
        this.share = share;
    }

    /** Credits of this instance's share, granted for {@code at} on its own clock. */
    static Credit ofShare(CreditKey key, int credits, long at) {
        return new Credit(key, credits, at, Origin.SHARE, null);
    }

    /** The same credits, for which as many were taken from this instance's share: they go back together. */
    Credit beside(@Nullable Credit taken) {
        return new Credit(key, credits, at, origin, taken);
    }

    /** What can be given back of a grant: nothing where nobody counted. */
    static List<Credit> of(Acquisition.Basis basis) {
        if (basis instanceof Acquisition.Basis.Store store) {
            return store.credits();
        }
        return basis instanceof Acquisition.Basis.Local local ? local.credits() : List.of();
    }

    /** Whether they were taken from this instance's share only. */
    boolean isShare() {
        return origin == Origin.SHARE;
    }

    /** What was taken from this instance's share for the same call; null if nothing was. */
    @Nullable
    Credit share() {
        return share;
    }

    /** Whose credits. */
    public CreditKey key() {
        return key;
    }

    /** How many, at least 1. */
    public int credits() {
        return credits;
    }

    /** For when they were granted, in microseconds on the clock of the store, or of this instance if it decided alone. */
    public long at() {
        return at;
    }

    /** For when they were granted, as near as our own clock can tell. */
    long dueNanos() {
        return dueNanos;
    }

    /** By how much its caller came too late for the credits that it had before these; 0 if it did not. */
    long lateNanos() {
        return lateNanos;
    }

    /** Says so, before anybody else knows of these credits. */
    void due(long nanos, long late) {
        dueNanos = nanos;
        lateNanos = late;
    }

    /** The same credits, after a pause has moved them. */
    Credit later(long micros) {
        return new Credit(key, credits, at + micros, origin, share);
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
