package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What was taken: so many credits of a key, at a time on the clock of who counts them. It is the receipt for a refund,
 * which is honoured once.
 */
public final class Credit {

    private static final int CLAIMED = 1;
    private static final int ENDED = 2;
    private static final int TOLD = 4;
    private static final int OVER = 8;

    private final CreditKey key;
    private final int credits;
    private final long at;
    private final Origin origin;
    private final @Nullable Credit share;
    private final @Nullable Departure departure;
    private long dueNanos;
    private long lateNanos;
    private Duration margin = Duration.ZERO;
    /** What was done with it, once each: one bit for a refund, one for the end of its call, one for each told to listeners. */
    private final AtomicInteger done = new AtomicInteger();

    private enum Origin {
        STORE,
        SHARE,
        QUEUE
    }

    /** Credits granted for {@code at}, in microseconds on the store's clock. */
    Credit(CreditKey key, int credits, long at) {
        this(key, credits, at, Origin.STORE, null, null);
    }

    private Credit(
            CreditKey key, int credits, long at, Origin origin, @Nullable Credit share, @Nullable Departure departure) {
        this.key = key;
        this.credits = credits;
        this.at = at;
        this.origin = origin;
        this.share = share;
        this.departure = departure;
    }

    /** Credits of a call that is counted until it ends. */
    static Credit of(Departure departure, long at) {
        CreditRequest request = departure.request();
        return new Credit(request.key(), request.credits(), at, Origin.STORE, null, departure);
    }

    /** No credits yet, but a place in the queue for them. */
    static Credit queuedFor(Departure departure) {
        CreditRequest request = departure.request();
        return new Credit(request.key(), request.credits(), 0, Origin.QUEUE, null, departure);
    }

    /** Credits of this instance's share, granted for {@code at} on its own clock. */
    static Credit ofShare(CreditKey key, int credits, long at) {
        return new Credit(key, credits, at, Origin.SHARE, null, null);
    }

    /** The same credits, for which as many were taken from this instance's share: they go back together. */
    Credit beside(@Nullable Credit taken) {
        return new Credit(key, credits, at, origin, taken, departure);
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

    /** Whether it is a place in a queue. */
    boolean isQueued() {
        return origin == Origin.QUEUE;
    }

    /** Of the call that is counted until it ends; null if it is not. */
    @Nullable
    Departure departure() {
        return departure;
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

    /** The margin that they were asked for with. */
    Duration margin() {
        return margin;
    }

    /** Says so, before anybody else knows of these credits. */
    void due(long nanos, long late, Duration used) {
        dueNanos = nanos;
        lateNanos = late;
        margin = used;
    }

    /** Whether a margin kept them apart from others: not if they count until their call has ended, or have no windows. */
    boolean usesMargin() {
        Departure counted = departure;
        return counted == null || counted.request().usesMargin();
    }

    /** Whether this is the first to say that the call has ended. */
    boolean firstEnd() {
        return first(ENDED);
    }

    /** The same credits, after a pause has moved them. */
    Credit later(long micros) {
        return new Credit(key, credits, at + micros, origin, share, departure);
    }

    /** Claims the one refund that this receipt is good for. */
    boolean claim() {
        return first(CLAIMED);
    }

    /** Listeners are told that it was granted. */
    void told() {
        done.getAndAccumulate(TOLD, (before, now) -> before | now);
    }

    /** Whether this is the first to tell listeners that its call is over: only where they were told that it began. */
    boolean firstOver() {
        return (done.get() & TOLD) != 0 && first(OVER);
    }

    private boolean first(int bit) {
        return (done.getAndAccumulate(bit, (before, now) -> before | now) & bit) == 0;
    }

    /** Says how many and when, not whose: keys may be personal data. */
    @Override
    public String toString() {
        return credits + " at " + at;
    }
}
