package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.load.Meter.Reading;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures limiters on one Redis. In a cell all are opened, and work in turn, round after round, each round beginning with the
 * next one; the first round counts for nothing.
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
        Map<Contender, Gate> gates = new LinkedHashMap<>();
        Map<Contender, List<Sample>> samples = new LinkedHashMap<>();
        try (Crew crew = cell.callers().hire()) {
            for (Contender contender : contenders) {
                if (contender.cells().test(cell)) {
                    open(cell, contender, site, gates);
                }
            }
            List<Contender> order = new ArrayList<>(gates.keySet());
            order.forEach(contender -> samples.put(contender, new ArrayList<>()));
            Meter meter = new Meter(redis, wire);
            for (int round = 0; round <= effort.rounds(); round++) {
                for (int i = 0; i < order.size(); i++) {
                    Contender contender = order.get((i + round) % order.size());
                    Gate gate = gates.get(contender);
                    Reading before = meter.begin();
                    Crew.Tally tally = crew.work(gate, cell.accounts(), effort.round());
                    Sample sample = Sample.of(contender, tally, before, meter.read());
                    if (round > 0) {
                        samples.get(contender).add(sample);
                    }
                }
            }
        } finally {
            gates.values().forEach(Gate::close);
        }
        return rows(cell, samples);
    }

    /** One that cannot be opened is told, and does not keep the others from being measured. */
    private void open(Cell cell, Contender contender, Site site, Map<Contender, Gate> gates) {
        try {
            Gate gate = contender.opening().apply(site);
            gates.put(contender, gate);
            if (cell.outcome() == Cell.Outcome.DENIED) {
                useUp(contender, gate, cell);
            }
        } catch (RuntimeException e) {
            out.println("    " + contender.title() + " is left out: " + e);
        }
    }

    private void useUp(Contender contender, Gate gate, Cell cell) {
        int most = 10 * cell.limit().limit();
        for (int i = 0; i < most && !contender.title().equals(Contender.TRIVIAL); i++) {
            if (!gate.pass(0)) {
                return;
            }
        }
    }

    private static List<Row> rows(Cell cell, Map<Contender, List<Sample>> samples) {
        List<Sample> trivial = samples.entrySet().stream()
                .filter(entry -> entry.getKey().title().equals(Contender.TRIVIAL))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
        List<Row> rows = new ArrayList<>();
        samples.forEach((contender, of) -> rows.add(new Row(cell, contender.title(), of, trivial)));
        return rows;
    }
}
