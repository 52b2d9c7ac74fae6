package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What was taken: so many credits of a key, at a time on the clock of who counts them. It is the receipt for a refund,
 * which is honoured once, and may be tried again until it is.
 */
public final class Credit {

    private static final int CLAIMED = 1;
    private static final int ENDED = 2;
    private static final int TRIED = 4;
    private static final int SETTLED = 8;
    private static final int TOLD = 16;
    private static final int OVER = 32;

    /** In place of an object for each credit. */
    private static final AtomicIntegerFieldUpdater<Credit> DONE =
            AtomicIntegerFieldUpdater.newUpdater(Credit.class, "done");

    private final CreditKey key;
    private final int credits;
    private final long at;
    private final long grant;
    private final Origin origin;
    private final @Nullable Credit share;
    private final @Nullable Departure departure;
    private long dueNanos;
    private long lateNanos;
    private long perhapsLaterMicros;
    private Duration margin = Duration.ZERO;
    /** What the store is asked when it is to go back; null if nobody who may try again has asked for that. */
    private volatile CreditStore.@Nullable Refund refund;

    private volatile @Nullable CompletableFuture<Integer> trip;
    /** What was done with it: a bit for each, see the constants. */
    private volatile int done;

    private enum Origin {
        STORE,
        SHARE,
        QUEUE
    }

    /** Credits granted for {@code at}, in microseconds on the store's clock, to the request of this identity. */
    Credit(CreditKey key, int credits, long at, long grant) {
        this(key, credits, at, grant, Origin.STORE, null, null);
    }

    private Credit(
            CreditKey key,
            int credits,
            long at,
            long grant,
            Origin origin,
            @Nullable Credit share,
            @Nullable Departure departure) {
        this.key = key;
        this.credits = credits;
        this.at = at;
        this.grant = grant;
        this.origin = origin;
        this.share = share;
        this.departure = departure;
    }

    /** Credits of a call that is counted until it ends. */
    static Credit of(Departure departure, long at) {
        CreditRequest request = departure.request();
        return new Credit(
                request.key(), request.credits(), at, departure.seat().ticket(), Origin.STORE, null, departure);
    }

    /** No credits yet, but a place in the queue for them. */
    static Credit queuedFor(Departure departure) {
        CreditRequest request = departure.request();
        return new Credit(
                request.key(), request.credits(), 0, departure.seat().ticket(), Origin.QUEUE, null, departure);
    }

    /** Credits of this instance's share, granted for {@code at} on its own clock. */
    static Credit ofShare(CreditKey key, int credits, long at) {
        return new Credit(key, credits, at, 0, Origin.SHARE, null, null);
    }

    /** The same credits, for which as many were taken from this instance's share: they go back together. */
    Credit beside(@Nullable Credit taken) {
        return new Credit(key, credits, at, grant, origin, taken, departure);
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

    /** The same credits, after a pause has moved them; the lease of a call that is counted knows it by these from now on. */
    Credit later(long micros) {
        if (micros == 0) {
            return this;
        }
        Credit moved = new Credit(key, credits, at + micros, grant, origin, share, departure);
        if (departure != null) {
            departure.seat().lease().moved(this, moved);
        }
        return moved;
    }

    /** Says that a pause may have moved them by that, before they are given back. */
    void perhapsLater(long micros) {
        perhapsLaterMicros = micros;
    }

    /** By how much a pause has moved them, perhaps; 0 if it is known where they are. */
    long perhapsLaterMicros() {
        return perhapsLaterMicros;
    }

    /** Claims what this receipt is good for once: its refund, or the end of its call. */
    boolean claim() {
        return begin(0, CLAIMED | TRIED | SETTLED);
    }

    /** Claims the refund once more, after a try that failed. */
    boolean claimAgain() {
        return begin(TRIED, CLAIMED | SETTLED);
    }

    /** The try failed: there may be another one. */
    void failed() {
        DONE.updateAndGet(this, bits -> (bits & ~CLAIMED) | TRIED);
    }

    /** It is done, by whichever try. */
    void settled() {
        first(SETTLED);
    }

    private boolean begin(int needed, int excluded) {
        int before = DONE.getAndUpdate(
                this, bits -> (bits & needed) == needed && (bits & excluded) == 0 ? bits | CLAIMED : bits);
        return (before & needed) == needed && (before & excluded) == 0;
    }

    /** Listeners are told that it was granted. */
    void told() {
        DONE.getAndAccumulate(this, TOLD, (before, now) -> before | now);
    }

    /** Whether this is the first to tell listeners that its call is over: only where they were told that it began. */
    boolean firstOver() {
        return (done & TOLD) != 0 && first(OVER);
    }

    private boolean first(int bit) {
        return (DONE.getAndAccumulate(this, bit, (before, now) -> before | now) & bit) == 0;
    }

    /** What the store is asked when the credits are to go back; null if whoever gives them back does it only once. */
    CreditStore.@Nullable Refund refund() {
        return refund;
    }

    /** Says it, before the first try: until then, in microseconds on the store's clock, that one may come. */
    void refundUntil(long until) {
        refund = new CreditStore.Refund(credits, at, CreditStore.Request.newId(), grant, until);
    }

    /** The trip of the latest try; null before the first. */
    @Nullable
    CompletableFuture<Integer> trip() {
        return trip;
    }

    /** A try is under way. */
    void trip(CompletableFuture<Integer> latest) {
        trip = latest;
    }

    /** Says how many and when, not whose: keys may be personal data. */
    @Override
    public String toString() {
        return credits + " at " + at;
    }
}
