package io.github.reverseratelimiter;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts who waits for each limiter in this JVM, up to a cap. */
final class Waiters {

    private final int most;
    private final ConcurrentHashMap<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    Waiters(int most) {
        this.most = most;
    }

    /** Takes a place, if there is one. */
    boolean enter(String limiter) {
        AtomicInteger count = counts.get(limiter);
        if (count == null) {
            count = counts.computeIfAbsent(limiter, any -> new AtomicInteger());
        }
        if (count.incrementAndGet() <= most) {
            return true;
        }
        count.decrementAndGet();
        return false;
    }

    void leave(String limiter) {
        AtomicInteger count = counts.get(limiter);
        if (count != null) {
            count.decrementAndGet();
        }
    }
}
