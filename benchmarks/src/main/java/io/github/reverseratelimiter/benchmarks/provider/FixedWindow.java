package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;

/** Accepts a call if fewer than the limit were accepted since the wall clock last showed a multiple of the window. */
final class FixedWindow implements Judge {

    private final int limit;
    private final long window;
    private final long offset;
    private long current = Long.MIN_VALUE;
    private int accepted;

    /**
     * Begins empty.
     *
     * @param offset what to add to the times of calls to get nanoseconds since 1970
     */
    FixedWindow(RateLimit quota, long offset) {
        this.limit = quota.limit();
        this.window = quota.window().toNanos();
        this.offset = offset;
    }

    @Override
    public long arrive(long now) {
        long index = Math.floorDiv(now + offset, window);
        if (index != current) {
            current = index;
            accepted = 0;
        }
        if (accepted >= limit) {
            return (index + 1) * window - (now + offset);
        }
        accepted++;
        return 0;
    }
}
