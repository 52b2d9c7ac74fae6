package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store is there, as trips have told. While it is away, only one call at a time asks it (the probe); all
 * others know at once that it did not decide.
 *
 * <p>It is away once two trips have failed of which one began after the other had failed, and none was answered in time
 * since: one stall, however many calls it hits, is one failure. The first answer in time ends it. Of a slot that moves
 * ({@code TRY_AGAIN}) only calls for several of its keys are told, of full memory ({@code OUT_OF_MEMORY}) only new keys:
 * that is no absence, since all others are decided.
 *
 * <p>A probe may hang for a timeout. So the next one follows an interval after it has failed, not after it was let go: a
 * caller that is alone would be the probe each time. A probe of which nothing is heard (its caller was interrupted) counts
 * as failed when its time is up.
 */
final class StoreWatch {

    /** Shortest time from the failure of a probe to the next one. */
    static final Duration PROBE_INTERVAL = Duration.ofMillis(250);

    /**
     * Trips have failed, and none was answered since.
     *
     * @param sinceNanos when the first failure was known
     * @param lastNanos when the last failure was known
     * @param away what callers are told who do not ask any more; null while all ask
     */
    private record Trouble(
            long sinceNanos, long lastNanos, @Nullable StoreAwayException away) {}

    /**
     * The last one.
     *
     * @param begunNanos when it was let go, or the first may be waited for
     * @param afterAPause whether nobody had asked for so long before that the store may have been back for long
     */
    private record Probe(long begunNanos, boolean afterAPause) {

        /** When it failed, or is taken to have failed: a thread that is late to tell so delays no other probe. */
        long endNanos(Trouble known, long timeoutNanos) {
            long took = known.lastNanos - begunNanos;
            return begunNanos + (took < 0 ? timeoutNanos : Math.min(took, timeoutNanos));
        }
    }

    /** What trips have told of the store. */
    enum State {
        /** The last trip was answered. */
        DECIDES,
        /** One has failed, and none was answered since. */
        IN_DOUBT,
        /** Whoever asks is a probe. */
        AWAY
    }

    /** Hears of it, in the order in which it happened: of each event before the next one, under a lock. */
    interface Observer {

        /** The store is not asked any more, but for probes. */
        void wentAway(CreditStoreException cause);

        /** It decides again. */
        void cameBack(Duration away);

        /** Time to pass on what was heard: without the lock. */
        void passOn();
    }

    private final TimeSource time;
    private final long timeoutNanos;
    private final long intervalNanos;
    private final StoreLog log;
    private final Observer observer;
    private final AtomicReference<@Nullable Trouble> trouble = new AtomicReference<>();
    private final ReentrantLock turns = new ReentrantLock();
    private final AtomicReference<Probe> probe = new AtomicReference<>(new Probe(0, false));
    private volatile long toldNanos;

    StoreWatch(TimeSource time, Duration timeout, Observer observer) {
        this.time = time;
        this.timeoutNanos = timeout.toNanos();
        this.intervalNanos = interval(timeout).toNanos();
        this.toldNanos = time.nanoTime() - intervalNanos;
        this.log = new StoreLog(time, this::state);
        this.observer = observer;
    }

    /**
     * For how long after the store is back somebody may still be told that it is away: a probe was lost just before, the
     * next one is late, but by no more than what is a pause, and takes all its time.
     */
    static Duration longestMistake(Duration timeout) {
        return interval(timeout).plus(timeout.multipliedBy(3));
    }

    private static Duration interval(Duration timeout) {
        return timeout.compareTo(PROBE_INTERVAL) > 0 ? timeout : PROBE_INTERVAL;
    }

    /** What is known now. */
    State state() {
        Trouble known = trouble.get();
        if (known == null) {
            return State.DECIDES;
        }
        return known.away == null ? State.IN_DOUBT : State.AWAY;
    }

    /**
     * Why the store need not be asked; empty if it is to be asked, perhaps as a probe. After a pause all ask until one
     * has failed. That a probe has not failed yet is none: its thread may wait for a processor, and all would ask then.
     */
    Optional<StoreAwayException> away() {
        Trouble known = trouble.get();
        if (known == null || known.away == null) {
            return Optional.empty();
        }
        Probe last = probe.get();
        long now = time.nanoTime();
        long ago = now - last.endNanos(known, timeoutNanos);
        if (ago >= intervalNanos) {
            Probe next = new Probe(now, ago > intervalNanos + timeoutNanos);
            if (probe.compareAndSet(last, next)) {
                return Optional.empty();
            }
            last = next;
        }
        boolean unknown = last.afterAPause && known.lastNanos - last.begunNanos < 0;
        return unknown ? Optional.empty() : Optional.of(known.away);
    }

    /**
     * The store may be reached again: whoever comes next asks it, however short a time ago it was asked in vain. Not more often than once in
     * an interval: connections may come and go.
     */
    void mayBeBack() {
        long now = time.nanoTime();
        if (now - toldNanos >= intervalNanos) {
            toldNanos = now;
            probe.set(new Probe(now - intervalNanos - timeoutNanos, false));
        }
    }

    /** A trip failed, or took too long. */
    void failed(long sentNanos, CreditStoreException cause) {
        long now = time.nanoTime();
        while (true) {
            Trouble known = trouble.get();
            StoreAwayException away = known == null ? null : known.away;
            boolean goes = known != null && away == null && sentNanos - known.sinceNanos >= 0 && !cause.isOfSomeKeys();
            if (goes) {
                probe.set(new Probe(now, false));
                away = new StoreAwayException(cause);
            }
            Trouble next = new Trouble(known == null ? now : known.sinceNanos, now, away);
            if (goes ? turn(known, next, () -> observer.wentAway(cause)) : trouble.compareAndSet(known, next)) {
                return;
            }
        }
    }

    /** It goes away or comes back: whoever is told of both must not be told of the second one first. */
    private boolean turn(@Nullable Trouble known, @Nullable Trouble next, Runnable told) {
        turns.lock();
        try {
            if (!trouble.compareAndSet(known, next)) {
                return false;
            }
            told.run();
        } finally {
            turns.unlock();
        }
        observer.passOn();
        return true;
    }

    /** A request was answered without the store. */
    void undecided(CreditStoreException cause) {
        log.undecided(cause);
    }

    /** The store answered that it cannot be used like this. */
    void refused(long sentNanos, CreditStoreMisconfiguredException cause) {
        answered(sentNanos);
        log.refused(cause);
    }

    /** The store answered a trip. Where that was too late for the caller, it counts for nothing. */
    void answered(long sentNanos) {
        Trouble known = trouble.get();
        if (known == null) {
            log.decides();
            return;
        }
        long now = time.nanoTime();
        if (now - sentNanos > timeoutNanos) {
            return;
        }
        while (known != null && !ended(known, now)) {
            known = trouble.get();
        }
    }

    private boolean ended(Trouble known, long now) {
        Duration away = Duration.ofNanos(now - known.sinceNanos);
        boolean ended = known.away == null
                ? trouble.compareAndSet(known, null)
                : turn(known, null, () -> observer.cameBack(away));
        if (ended) {
            log.decidesAgain(away);
        }
        return ended;
    }
}
