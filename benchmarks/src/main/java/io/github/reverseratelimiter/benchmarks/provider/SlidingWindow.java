package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import java.util.ArrayDeque;

/** Accepts a call if fewer than the limit were accepted in the window that ends with it. */
final class SlidingWindow implements Judge {

    private final int limit;
    private final long window;
    private final ArrayDeque<Long> accepted = new ArrayDeque<>();

    SlidingWindow(RateLimit quota) {
        this.limit = quota.limit();
        this.window = quota.window().toNanos();
    }

    @Override
    public long arrive(long now) {
        while (!accepted.isEmpty() && now - accepted.getFirst() >= window) {
            accepted.removeFirst();
        }
        if (accepted.size() >= limit) {
            return accepted.getFirst() + window - now;
        }
        accepted.addLast(now);
        return 0;
    }
}
