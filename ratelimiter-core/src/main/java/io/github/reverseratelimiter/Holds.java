package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Held;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * How long the keys that somebody in this JVM waits for have been held (paused), as far as replies have told, and which places that has
 * moved: those of later than the pause began. A waiter sleeps longer by what was added since it got its place.
 *
 * <p>A store that has lost a key's state (a flush, an eviction, a restart) begins to count anew. Only what is added
 * counts, so nobody sleeps for pauses that were over before; and later replies are believed, not larger ones.
 */
final class Holds {

    /** What was added, by pauses that began after one moment of the store's clock and not after another; and what was added next. */
    private static final class Added {
        private final long after;
        private final long until;
        private final long micros;
        private volatile @Nullable Added next;

        private Added(long after, long until, long micros) {
            this.after = after;
            this.until = until;
            this.micros = micros;
        }
    }

    /** What is known of one key, and how many watch it. */
    private static final class Hold {
        /** The total that the latest reply told, and the store's time of it. */
        private long held;

        private long told;
        /** When it was heard of. */
        private long heardNanos;
        /** Whoever begins to watch has all that comes after this; what nobody watches any more is garbage. */
        private Added latest = new Added(0, 0, 0);

        private int watchers;

        private Hold(long held, long told, long heardNanos) {
            this.held = held;
            this.told = told;
            this.heardNanos = heardNanos;
        }

        private boolean isLater(long otherHeld, long otherTold) {
            return otherTold > told || (otherTold == told && otherHeld > held);
        }

        private void learn(long otherHeld, long otherTold, long nowNanos) {
            if (isLater(otherHeld, otherTold)) {
                add(told, otherTold, otherHeld - held);
                tell(otherHeld, otherTold, nowNanos);
            }
        }

        private void paused(Held pause, long duration, long sentNanos, long nowNanos) {
            if (isLater(pause.held(), pause.now())) {
                long micros = pause.held() - held;
                // More than it can have added by itself: others have paused too, before it.
                add(micros > duration ? told : pause.now(), pause.now(), micros);
                tell(pause.held(), pause.now(), nowNanos);
            } else if (isOfALostState(pause.now(), sentNanos)) {
                beginAnew(pause.held(), pause.now(), nowNanos);
            }
        }

        /** Whether the state was lost, and with it what a step back had added to the clock of the key. */
        private boolean isOfALostState(long otherTold, long sentNanos) {
            return otherTold < told && sentNanos - heardNanos > 0;
        }

        private void beginAnew(long otherHeld, long otherTold, long nowNanos) {
            add(0, otherTold, otherHeld);
            tell(otherHeld, otherTold, nowNanos);
        }

        private void tell(long otherHeld, long otherTold, long nowNanos) {
            held = otherHeld;
            told = otherTold;
            heardNanos = nowNanos;
        }

        private void add(long after, long until, long micros) {
            if (micros > 0) {
                Added added = new Added(after, until, micros);
                latest.next = added;
                latest = added;
            }
        }
    }

    /** One waiter's view. Not for use by several threads at once. */
    static final class Watch {
        private long at;
        private long moved;
        private long inDoubt;
        private Added seen;

        private Watch(long at, Added seen) {
            this.at = at;
            this.seen = seen;
        }

        /** By how many microseconds pauses have moved the waiter's place since it got it, or since this was last asked. */
        long growth() {
            for (Added added = seen.next; added != null; added = added.next) {
                seen = added;
                take(added);
            }
            long growth = moved;
            moved = 0;
            return growth;
        }

        private void take(Added added) {
            if (at > added.until) {
                at += added.micros;
                moved += added.micros;
            } else if (at > added.after) {
                inDoubt += added.micros;
            }
        }

        /**
         * By how many microseconds a pause may have moved the place besides, which nobody knows, since its time came at about the time
         * when that began; 0 if there is no such doubt. Who goes all the same may go in the pause, or when the store counts him no more.
         */
        long inDoubtMicros() {
            return inDoubt;
        }
    }

    /** A pause of our own, from before which replies may be on their way. */
    private record Recent(CreditKey key, long sinceNanos) {}

    private static final long LONGEST_WAY_NANOS = Duration.ofMinutes(1).toNanos();

    private final ConcurrentHashMap<CreditKey, Hold> holds = new ConcurrentHashMap<>();
    private final Queue<Recent> recent = new ConcurrentLinkedQueue<>();

    /**
     * Begins to watch a key.
     *
     * @param reply that granted a place
     * @param sentNanos not later than when the store was asked for it
     * @param nowNanos our own clock
     */
    Watch watch(CreditKey key, Reply reply, long sentNanos, long nowNanos) {
        clean(nowNanos);
        long at = reply.decisions().get(0).at();
        Watch[] watch = new Watch[1];
        holds.compute(key, (any, known) -> {
            Hold hold = known == null ? new Hold(reply.held(), reply.now(), nowNanos) : known;
            if (hold.isOfALostState(reply.now(), sentNanos)) {
                hold.beginAnew(reply.held(), reply.now(), nowNanos);
            }
            hold.learn(reply.held(), reply.now(), nowNanos);
            hold.watchers++;
            watch[0] = new Watch(at, hold.latest);
            if (reply.held() < hold.held) { // it was overtaken, and does not know yet what has been added since
                watch[0].take(new Added(reply.now(), hold.told, hold.held - reply.held()));
            }
            return hold;
        });
        return watch[0];
    }

    void unwatch(CreditKey key) {
        holds.computeIfPresent(key, (any, hold) -> --hold.watchers == 0 ? null : hold);
    }

    /** Notes what a reply said. */
    void learn(CreditKey key, Reply reply, long nowNanos) {
        if (!holds.isEmpty()) {
            clean(nowNanos);
            holds.computeIfPresent(key, (any, hold) -> {
                hold.learn(reply.held(), reply.now(), nowNanos);
                return hold;
            });
        }
    }

    /**
     * Notes what a pause of our own came to, also where nobody waits: who has a place perhaps does not know of it yet.
     *
     * @param duration of it, in microseconds
     * @param sentNanos when the store was asked for it
     * @param nowNanos our own clock
     */
    void paused(CreditKey key, Held pause, long duration, long sentNanos, long nowNanos) {
        clean(nowNanos);
        holds.compute(key, (any, known) -> {
            Hold hold = known == null ? new Hold(pause.held(), pause.now(), nowNanos) : known;
            hold.paused(pause, duration, sentNanos, nowNanos);
            hold.watchers++;
            return hold;
        });
        recent.add(new Recent(key, nowNanos));
    }

    private void clean(long nowNanos) {
        for (Recent oldest = recent.peek();
                oldest != null && nowNanos - oldest.sinceNanos > LONGEST_WAY_NANOS;
                oldest = recent.peek()) {
            if (recent.remove(oldest)) {
                unwatch(oldest.key);
            }
        }
    }

    int size() {
        return holds.size();
    }
}
