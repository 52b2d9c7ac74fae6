package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.RateLimit;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code MEMORY USAGE} of a window used to the full, filled in three ways, since a ring grows in steps. */
final class MemoryUse {

    static final int[] LIMITS = {1, 5, 10, 50, 100, 1_000, 4_000, 100_000, 1_000_000};

    private static final int EXACT = 4_000;
    private static final Duration WINDOW = Duration.ofDays(1);

    private final Redis redis;
    private final PrintStream out;
    private final int oneByOne;
    private final int sortedSet;

    /** Filled one by one up to a size (above, as many by one call as share a slot), beside sorted sets up to a size. */
    MemoryUse(Redis redis, PrintStream out, int oneByOne, int sortedSet) {
        this.redis = redis;
        this.out = out;
        this.oneByOne = oneByOne;
        this.sortedSet = sortedSet;
    }

    /**
     * Bytes for one limit; 0 where that was not measured.
     *
     * @param atOnce all credits taken by one call
     * @param grown taken one by one
     * @param raised the window used to the full under half the limit, which is then raised
     * @param expires whether the key had a TTL each time
     */
    record Row(int limit, long atOnce, long grown, long raised, long plain, boolean expires) {

        long most() {
            return Math.max(atOnce, Math.max(grown, raised));
        }

        /** 12 bytes a credit and 300 up to 4,000 credits; 50 KB whatever the limit. */
        long allowed() {
            return limit <= EXACT ? 12L * limit + 300 : 50_000;
        }

        boolean met() {
            return most() <= allowed();
        }

        private List<String> cells() {
            return List.of(
                    number(limit),
                    number(atOnce),
                    number(grown),
                    number(raised),
                    String.format(Locale.ROOT, "%.2f", (double) most() / limit),
                    "at most " + number(allowed()) + ": " + (met() ? "met" : "MISSED"),
                    number(plain));
        }

        private static String number(long value) {
            return value == 0 ? "" : String.format(Locale.ROOT, "%,d", value);
        }
    }

    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        try (Pipeline pipeline = new Pipeline(redis)) {
            for (int limit : LIMITS) {
                Row row = measure(pipeline, limit);
                rows.add(row);
                out.println("  memory: " + String.join("  ", row.cells()));
            }
        }
        return rows;
    }

    static Table table(List<Row> rows) {
        Table table = new Table(List.of(
                "limit",
                "in one call",
                "one by one",
                "after a raised limit",
                "bytes a credit, at most",
                "goal",
                "plain ZSET"));
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }

    private Row measure(Pipeline pipeline, int limit) {
        RateLimit full = RateLimit.of(limit, WINDOW);
        StoreSubject ours = new StoreSubject(redis, pipeline, List.of(full));
        int slot = limit <= oneByOne ? 1 : StoreSubject.creditsInSlot(full);

        long pace = full.windowMicros() / limit / 2;

        ours.forget();
        ours.fill(limit, pace, limit);
        long atOnce = redis.memory(StoreSubject.NAME);
        boolean expires = redis.expires(StoreSubject.NAME);

        ours.forget();
        ours.fill(limit, pace, slot);
        long grown = redis.memory(StoreSubject.NAME);
        expires &= redis.expires(StoreSubject.NAME);

        long raised = 0;
        if (limit > 1) {
            ours.forget();
            ours.limits(List.of(RateLimit.of(limit / 2, WINDOW)));
            ours.fill(limit / 2, pace, slot);
            ours.limits(List.of(full));
            ours.fill(limit - limit / 2, pace, slot);
            raised = redis.memory(StoreSubject.NAME);
            expires &= redis.expires(StoreSubject.NAME);
        }
        ours.forget();
        return new Row(limit, atOnce, grown, raised, limit <= sortedSet ? plain(limit) : 0, expires);
    }

    private long plain(int limit) {
        String key = "rrl:figures:zset";
        redis.delete(key);
        redis.fillSortedSet(key, limit, Subject.START, 1);
        long bytes = redis.memory(key);
        redis.delete(key);
        return bytes;
    }
}
