package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.benchmarks.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Bytes that Redis keeps for an account whose window was used to the full, credit by credit. */
final class Memory {

    static final List<Integer> LIMITS = List.of(10, 100, 1_000);

    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int ACCOUNTS = 3;

    private Memory() {}

    /** A limiter, and the bytes for each of the limits. */
    record Row(String limiter, List<Long> bytes) {}

    /** All keys of all accounts, by account. */
    static Row measure(Redis redis, Contender contender) {
        List<Long> bytes = new ArrayList<>();
        for (int limit : LIMITS) {
            redis.forgetAll();
            Site site = new Site(redis.uri(), RateLimit.of(limit, WINDOW), ACCOUNTS);
            try (Gate gate = contender.opening().apply(site)) {
                for (int account = 0; account < ACCOUNTS; account++) {
                    for (int i = 0; i < limit; i++) {
                        gate.pass(account);
                    }
                }
                bytes.add(redis.memory(redis.keys().toArray(String[]::new)) / ACCOUNTS);
            }
        }
        return new Row(contender.title(), bytes);
    }
}
