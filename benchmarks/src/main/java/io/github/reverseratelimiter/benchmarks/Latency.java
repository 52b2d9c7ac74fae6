package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long a granted {@code tryAcquire} takes one thread, beside a script that does nothing on the same connection. */
final class Latency {

    static final double MOST = 1.15;

    /** Never exhausted by one thread. */
    static final RateLimit LARGE = RateLimit.of(4_000, Duration.ofMillis(100));

    private static final RateLimit SMALL = RateLimit.of(50, Duration.ofSeconds(1));
    private static final int KEYS = 1_000;

    private final Redis redis;
    private final PrintStream out;
    private final int rounds;
    private final int calls;

    Latency(Redis redis, PrintStream out, int rounds, int calls) {
        this.redis = redis;
        this.out = out;
        this.rounds = rounds;
        this.calls = calls;
    }

    /** One way to call beside the trivial call on the same connection; only ours is promised anything. */
    record Row(String title, boolean promised, Samples p50, Samples p99, Samples trivialP50, Samples trivialP99) {

        Goal goal() {
            return new Goal(p50.over(trivialP50).median(), MOST);
        }

        private List<String> cells() {
            return List.of(
                    title,
                    trivialP50.toString(),
                    p50.toString(),
                    String.format(Locale.ROOT, "**%.2f**", goal().figure()),
                    promised ? goal().toString() : "none",
                    trivialP99.toString(),
                    p99.toString(),
                    String.format(Locale.ROOT, "%.2f", p99.over(trivialP99).median()));
        }
    }

    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        try (Way way = Way.springData(redis)) {
            rows.addAll(measure(way));
        }
        try (Way way = Way.lettuce(redis)) {
            rows.addAll(measure(way));
        }
        rows.forEach(row -> out.println("  latency: " + String.join("  ", row.cells())));
        return rows;
    }

    /** All that go this way, in turn: a second connection between them would cost each the warmth of its thread. */
    private List<Row> measure(Way way) {
        Probe trivial = trivial(way);
        Probe one = oneKey(way);
        Probe many = manyKeys(way);
        Probe zset = plainZset(way);
        Probe.measure(List.of(trivial, one, many, zset), rounds);
        return List.of(row(one, trivial, true), row(many, trivial, true), row(zset, trivial, false));
    }

    static Table table(List<Row> rows) {
        Table table = new Table(List.of(
                "tryAcquire", "trivial EVALSHA p50", "p50", "**ratio**", "goal", "trivial p99", "p99", "ratio of p99"));
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }

    private static Row row(Probe probe, Probe trivial, boolean promised) {
        return new Row(probe.title(), promised, probe.p50(), probe.p99(), trivial.p50(), trivial.p99());
    }

    private Probe trivial(Way way) {
        BareCall trivial = BareCall.trivial(redis, way);
        return new Probe("trivial, " + way.title(), rounds, calls, () -> trivial.call());
    }

    private Probe oneKey(Way way) {
        ReverseRateLimiter limiter = limiter(way);
        return new Probe(way.title() + ", one key, " + LARGE, rounds, calls, () -> take(limiter, "acme", LARGE));
    }

    private Probe manyKeys(Way way) {
        ReverseRateLimiter limiter = limiter(way);
        int[] next = {0};
        return new Probe(
                String.format(Locale.ROOT, "%s, %,d keys, each %s", way.title(), KEYS, SMALL),
                rounds,
                calls,
                () -> take(limiter, "acme-" + next[0]++ % KEYS, SMALL));
    }

    /** For comparison, without a goal: the ZSET script, sent and awaited by bare commands as the trivial one is. */
    private Probe plainZset(Way way) {
        BareCall zset = BareCall.plainZset(redis, way, LARGE);
        return new Probe(way.title() + ", the plain ZSET script, sent as the trivial one is", rounds, calls, () -> {
            if (!zset.call()) {
                throw new IllegalStateException("a call of the ZSET script under " + LARGE + " was not granted");
            }
        });
    }

    private static ReverseRateLimiter limiter(Way way) {
        return ReverseRateLimiter.builder(new RedisCreditStore(way.executor(), RedisCreditStore.DEFAULT_KEY_PREFIX))
                .storeTimeout(Duration.ofMinutes(1))
                .build();
    }

    private static void take(ReverseRateLimiter limiter, String key, RateLimit limit) {
        if (!(limiter.tryAcquire(key, limit) instanceof Granted)) {
            throw new IllegalStateException("a call under " + limit + " was not granted");
        }
    }
}
