package io.github.reverseratelimiter;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How long the keys that somebody in this JVM waits for have been held (paused), as far as replies have told. A waiter
 * sleeps longer by what was added since it got its place.
 */
final class Holds {

    /** The latest known total for one key, and how many watch it. */
    static final class Hold {
        private volatile long held;
        private int watchers;

        /** Microseconds in all. */
        long held() {
            return held;
        }
    }

    private final ConcurrentHashMap<CreditKey, Hold> holds = new ConcurrentHashMap<>();

    /** Begins to watch a key of which {@code held} is known. */
    Hold watch(CreditKey key, long held) {
        return holds.compute(key, (any, known) -> {
            Hold hold = known == null ? new Hold() : known;
            hold.watchers++;
            hold.held = Math.max(hold.held, held);
            return hold;
        });
    }

    void unwatch(CreditKey key) {
        holds.computeIfPresent(key, (any, hold) -> --hold.watchers == 0 ? null : hold);
    }

    /** Notes what a reply said. */
    void learn(CreditKey key, long held) {
        if (held > 0 && !holds.isEmpty()) {
            holds.computeIfPresent(key, (any, hold) -> {
                hold.held = Math.max(hold.held, held);
                return hold;
            });
        }
    }

    int size() {
        return holds.size();
    }
}
