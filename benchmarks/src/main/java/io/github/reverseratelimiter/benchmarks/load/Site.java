package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimit;
import io.lettuce.core.RedisURI;
import java.util.stream.IntStream;

/**
 * Where a limiter is, and what it is to limit.
 *
 * @param redis Redis, or a wire to it
 * @param limit of each account
 * @param accounts how many accounts there are
 */
record Site(RedisURI redis, RateLimit limit, int accounts) {

    private static final int SMALL = 1_000;

    /** For what never asks Redis and is a thousand times as fast: a limit that it does not use up either. */
    Site local() {
        return limit.limit() < SMALL
                ? this
                : new Site(redis, RateLimit.of(Math.multiplyExact(limit.limit(), SMALL), limit.window()), accounts);
    }

    /** A name for each account: made once, so that none is made for a call. */
    String[] names(String prefix) {
        return IntStream.range(0, accounts).mapToObj(i -> prefix + i).toArray(String[]::new);
    }
}
