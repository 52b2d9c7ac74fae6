package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;

/** Accepts a call if there is a token left in a bucket that holds the limit, and gains it evenly in each window. */
final class TokenBucket implements Judge {

    /** Of the level for each token: the level gains the limit each nanosecond, so that nothing is rounded. */
    private final long token;

    private final long limit;
    private final long full;
    private long level;
    private long latest;

    /** Begins full. */
    TokenBucket(RateLimit quota) {
        this.token = quota.window().toNanos();
        this.limit = quota.limit();
        this.full = Math.multiplyExact(token, limit);
        this.level = full;
    }

    @Override
    public long arrive(long now) {
        if (level < full) {
            long passed = Math.min(now - latest, token);
            level = Math.min(full, level + passed * limit);
        }
        latest = now;
        if (level < token) {
            return (token - level + limit - 1) / limit;
        }
        level -= token;
        return 0;
    }
}
