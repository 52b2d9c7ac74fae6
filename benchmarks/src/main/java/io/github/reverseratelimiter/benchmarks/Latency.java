package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/** How long a granted {@code tryAcquire} takes one thread, beside a script that does nothing on the same connection. */
final class Latency {

    static final double MOST = 1.25;

    /** Never exhausted by one thread. */
    static final RateLimit LARGE = RateLimit.of(4_000, Duration.ofMillis(100));

    private static final RateLimit SMALL = RateLimit.of(50, Duration.ofSeconds(1));
    private static final int KEYS = 1_000;
    private static final int WARM_UP = 12;

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

    /** Microseconds of one way to call, of each round. */
    private record Probe(String title, IntConsumer call, Samples p50, Samples p99) {

        Probe(String title, int rounds, IntConsumer call) {
            this(title, call, new Samples(rounds), new Samples(rounds));
        }
    }

    /** One way to call beside the trivial call on the same connection. */
    record Row(String title, Samples p50, Samples p99, Samples trivialP50, Samples trivialP99) {

        Goal goal() {
            return new Goal(p50.over(trivialP50).median(), MOST);
        }

        private List<String> cells() {
            return List.of(
                    title,
                    trivialP50.toString(),
                    p50.toString(),
                    String.format(Locale.ROOT, "**%.2f**", goal().figure()),
                    goal().toString(),
                    trivialP99.toString(),
                    p99.toString(),
                    String.format(Locale.ROOT, "%.2f", p99.over(trivialP99).median()));
        }
    }

    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        try (Way springData = Way.springData(redis);
                Way lettuce = Way.lettuce(redis)) {
            Probe trivialSpring = trivial(springData);
            Probe trivialLettuce = trivial(lettuce);
            Probe one = oneKey(springData);
            Probe many = manyKeys(springData);
            Probe bare = oneKey(lettuce);
            Probe zset = plainZset(lettuce);
            measure(List.of(trivialSpring, one, many, trivialLettuce, bare, zset));
            rows.add(row(one, trivialSpring));
            rows.add(row(many, trivialSpring));
            rows.add(row(bare, trivialLettuce));
            rows.add(row(zset, trivialLettuce));
        }
        rows.forEach(row -> out.println("  latency: " + String.join("  ", row.cells())));
        return rows;
    }

    static Table table(List<Row> rows) {
        Table table = new Table(List.of(
                "one thread", "trivial EVALSHA p50", "p50", "**ratio**", "goal", "trivial p99", "p99", "ratio of p99"));
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }

    private static Row row(Probe probe, Probe trivial) {
        return new Row(probe.title, probe.p50, probe.p99, trivial.p50, trivial.p99);
    }

    private void measure(List<Probe> probes) {
        for (int round = -Math.min(rounds, WARM_UP); round < rounds; round++) {
            for (Probe probe : probes) {
                long[] nanos = new long[calls];
                for (int i = 0; i < calls; i++) {
                    long begin = System.nanoTime();
                    probe.call.accept(i);
                    nanos[i] = System.nanoTime() - begin;
                }
                if (round >= 0) {
                    Arrays.sort(nanos);
                    probe.p50.set(round, nanos[calls / 2] / 1_000.0);
                    probe.p99.set(round, nanos[calls * 99 / 100] / 1_000.0);
                }
            }
        }
    }

    private Probe trivial(Way way) {
        BareCall trivial = BareCall.trivial(redis, way);
        return new Probe("trivial, " + way.title(), rounds, i -> trivial.call());
    }

    private Probe oneKey(Way way) {
        ReverseRateLimiter limiter = limiter(way);
        return new Probe(way.title() + ", one key, " + LARGE, rounds, i -> take(limiter, "acme", LARGE));
    }

    private Probe manyKeys(Way way) {
        ReverseRateLimiter limiter = limiter(way);
        int[] next = {0};
        return new Probe(
                String.format(Locale.ROOT, "%s, %,d keys, each %s", way.title(), KEYS, SMALL),
                rounds,
                i -> take(limiter, "acme-" + next[0]++ % KEYS, SMALL));
    }

    /** For comparison, without a goal: the ZSET script, sent and awaited by bare commands as the trivial one is. */
    private Probe plainZset(Way way) {
        BareCall zset = BareCall.plainZset(redis, way, LARGE);
        return new Probe(
                "for comparison: " + way.title() + ", plain ZSET script, sent as the trivial one is", rounds, i -> {
                    if (!zset.call()) {
                        throw new IllegalStateException(
                                "a call of the ZSET script under " + LARGE + " was not granted");
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
