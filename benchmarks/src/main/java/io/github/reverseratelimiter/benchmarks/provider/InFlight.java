package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;

/** Accepts a call if fewer than the limit are being answered, each of which takes as long as the window. */
final class InFlight implements Judge {

    private final int limit;
    private final long answerTime;
    private int calls;

    InFlight(RateLimit quota) {
        this.limit = quota.limit();
        this.answerTime = quota.window().toNanos();
    }

    @Override
    public long arrive(long now) {
        if (calls >= limit) {
            return answerTime;
        }
        calls++;
        return 0;
    }

    @Override
    public void end() {
        calls--;
    }
}
