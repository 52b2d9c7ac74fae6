package io.github.reverseratelimiter;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long the keys that somebody in this JVM waits for have been held (paused), as far as replies have told. A waiter
 * sleeps longer by what was added since it got its place.
 *
 * <p>A store that has lost a key's state (a flush, an eviction, a restart) begins to count anew. Only what is added
 * counts, so nobody sleeps for pauses that were over before; and later replies are believed, not larger ones.
 */
final class Holds {

    /** What is known of one key, and how many watch it. */
    private static final class Hold {
        /** The total that the latest reply told, and the store's time of it. */
        private long held;

        private long told;
        /** All that was ever added. */
        private final AtomicLong added = new AtomicLong();

        private int watchers;

        private Hold(long held, long told) {
            this.held = held;
            this.told = told;
        }

        private boolean isLater(long otherHeld, long otherTold) {
            return otherTold > told || (otherTold == told && otherHeld > held);
        }

        private void learn(long otherHeld, long otherTold) {
            added.addAndGet(Math.max(0, otherHeld - held));
            held = otherHeld;
            told = otherTold;
        }
    }

    /** One waiter's view. Not for use by several threads at once. */
    static final class Watch {
        private final Hold hold;
        private long seen;

        private Watch(Hold hold, long seen) {
            this.hold = hold;
            this.seen = seen;
        }

        /** Microseconds that were added since the waiter got its place, or since this was last asked. */
        long growth() {
            long growth = hold.added.get() - seen;
            seen += growth;
            return growth;
        }
    }

    private final ConcurrentHashMap<CreditKey, Hold> holds = new ConcurrentHashMap<>();

    /** Begins to watch a key of which a reply at {@code now}, on the store's clock, said that it was held for so long. */
    Watch watch(CreditKey key, long held, long now) {
        Watch[] watch = new Watch[1];
        holds.compute(key, (any, known) -> {
            Hold hold = known == null ? new Hold(held, now) : known;
            if (hold.isLater(held, now)) {
                hold.learn(held, now);
            }
            hold.watchers++;
            // A reply that was overtaken does not know yet what has been added since.
            watch[0] = new Watch(hold, hold.added.get() - Math.max(0, hold.held - held));
            return hold;
        });
        return watch[0];
    }

    void unwatch(CreditKey key) {
        holds.computeIfPresent(key, (any, hold) -> --hold.watchers == 0 ? null : hold);
    }

    /** Notes what a reply said, or what a pause of our own came to. */
    void learn(CreditKey key, long held, long now) {
        if (!holds.isEmpty()) {
            holds.computeIfPresent(key, (any, hold) -> {
                if (hold.isLater(held, now)) {
                    hold.learn(held, now);
                }
                return hold;
            });
        }
    }

    int size() {
        return holds.size();
    }
}
