package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.load.Meter.Reading;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Measures limiters on one Redis. In a cell all are opened, and work in turn, round after round, each round beginning with the
 * next one; the first rounds count for nothing: until then the JVM compiles.
 */
final class Measurement {

    private final Redis redis;
    private final Effort effort;
    private final PrintStream out;

    Measurement(Redis redis, Effort effort, PrintStream out) {
        this.redis = redis;
        this.effort = effort;
        this.out = out;
    }

    /** The yardstick's row first; it must be among the limiters. */
    List<Row> measure(Cell cell, List<Contender> contenders) throws IOException, InterruptedException {
        if (!cell.isFar()) {
            return measure(cell, contenders, redis.uri(), Set.of());
        }
        try (Wire wire = Wire.to(redis.uri().getPort(), Wire.HALF_A_MILLISECOND)) {
            return measure(cell, contenders, RedisURI.create("127.0.0.1", wire.port()), wire.threads());
        }
    }

    private List<Row> measure(Cell cell, List<Contender> contenders, RedisURI uri, Set<Long> wire)
            throws InterruptedException {
        redis.forgetAll();
        Site site = new Site(uri, cell.limit(), cell.accounts());
        List<Entry> entries = new ArrayList<>();
        try (Crew crew = cell.callers().hire()) {
            for (Contender contender : contenders) {
                if (contender.cells().test(cell)) {
                    open(cell, contender, site, entries);
                }
            }
            Meter meter = new Meter(redis, wire);
            for (int round = 0; round < Effort.WARM_UP + effort.rounds(); round++) {
                for (int i = 0; i < entries.size(); i++) {
                    Entry entry = entries.get((i + round) % entries.size());
                    Reading before = meter.begin();
                    Crew.Tally tally = crew.work(entry.gate, cell.accounts(), effort.round());
                    Sample sample = Sample.of(entry.contender, tally, before, meter.read());
                    if (round >= Effort.WARM_UP) {
                        entry.samples.add(sample);
                    }
                }
            }
        } finally {
            entries.forEach(entry -> entry.gate.close());
        }
        return rows(cell, entries);
    }

    /** A limiter that takes part in a cell, and what was seen of it. */
    private record Entry(Contender contender, Gate gate, List<Sample> samples) {}

    /** One that cannot be opened is told, and does not keep the others from being measured. */
    private void open(Cell cell, Contender contender, Site site, List<Entry> entries) {
        try {
            Gate gate = contender.opening().apply(site);
            entries.add(new Entry(contender, gate, new ArrayList<>()));
            if (cell.outcome() == Cell.Outcome.DENIED) {
                useUp(contender, gate, cell);
            }
        } catch (RuntimeException e) {
            out.println("    " + contender.title() + " is left out: " + e);
        }
    }

    private static void useUp(Contender contender, Gate gate, Cell cell) {
        int most = 10 * cell.limit().limit();
        for (int i = 0; i < most && !contender.title().equals(Contender.TRIVIAL); i++) {
            if (!gate.pass(0)) {
                return;
            }
        }
    }

    private static List<Row> rows(Cell cell, List<Entry> entries) {
        List<Sample> trivial = entries.stream()
                .filter(entry -> entry.contender.title().equals(Contender.TRIVIAL))
                .map(Entry::samples)
                .findFirst()
                .orElseThrow();
        return entries.stream()
                .map(entry -> new Row(cell, entry.contender.title(), entry.samples, trivial))
                .toList();
    }
}
