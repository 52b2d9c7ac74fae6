package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures what a decision costs under load, ours and the peers', on a Redis of our own, and writes it as JSON, tables and plots.
 * {@code docs/benchmarks.md} says how to start it.
 */
final class LoadFigures {

    static final String WAITING = "waiting";
    static final String MEMORY = "memory";

    /** Rounds before all others, beside those of each cell that count for nothing. */
    static final int WARM_UP = 2;

    private LoadFigures() {}

    /** Measures, telling how far it is. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.of(args);
        PrintStream out = System.out;
        Origin origin = Origin.here();
        double before = loadAverage();
        long begin = System.nanoTime();
        Results results = new Results();
        String head;
        try (Redis redis = Redis.start()) {
            out.printf(Locale.ROOT, "about %d minutes%n", options.expected().toMinutes() + 1);
            new Run(redis, options, out).measure(results);
            head = origin + ". " + head(options, redis.version(), before, (System.nanoTime() - begin) / 60e9);
        }
        Report report = new Report(origin, head, results);
        report.write(options.directory());
        if (options.rendered().isPresent()) {
            report.render(options.rendered().get());
        }
        out.println();
        out.println(report.markdown("."));
        out.println("\nwritten to " + options.directory().toAbsolutePath());
    }

    /** One run, with results that grow. */
    record Run(Redis redis, Options options, PrintStream out) {

        void measure(Results results) throws IOException, InterruptedException {
            Effort effort = options.effort();
            List<Contender> contenders = options.wanted(Contenders.all());
            List<Cell> cells = Cell.ALL.stream()
                    .filter(cell ->
                            options.wants(cell.title()) && cell.callers().exist())
                    .toList();
            warmUp(contenders);
            for (Cell cell : cells) {
                out.println(cell.title());
                List<Row> rows = new Measurement(redis, effort, out).measure(cell, contenders);
                results.rows().addAll(rows);
                rows.forEach(row -> out.printf(
                        Locale.ROOT,
                        "    %-24s %7.2f x trivial  %,11.0f calls/s  p50 %8.1f us  trips %.2f%s%n",
                        row.limiter(),
                        row.speed(),
                        row.median(Sample::callsPerSecond),
                        row.median(Sample::p50),
                        row.median(Sample::trips),
                        row.remarks()));
            }
            if (options.wants(WAITING)) {
                waits(results);
            }
            if (options.wants(MEMORY)) {
                out.println(MEMORY);
                for (Contender contender : options.wanted(Contenders.keeping())) {
                    results.memory().add(Memory.measure(redis, contender));
                }
            }
            if (cells.contains(Cell.FAR)) {
                out.println("the wire itself");
                results.wire().addAll(new WireCheck(redis, effort.round()).measure());
            }
        }

        private void waits(Results results) throws InterruptedException {
            out.println("waiting, 64 threads on " + Waits.LIMIT);
            List<Contender> contenders = options.wanted(Contenders.waiting());
            List<Waits.Row> rows = contenders.stream()
                    .map(contender -> new Waits.Row(contender.title(), new ArrayList<>()))
                    .toList();
            for (int round = 0; round < options.effort().waits(); round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    Waits.Sample sample = Waits.measure(
                            redis, contenders.get(i), options.effort().waiting());
                    rows.get(i).samples().add(sample);
                    out.printf(
                            Locale.ROOT,
                            "    %-24s trips %.2f, longest to mean %.2f, overtaking %.3f%n",
                            contenders.get(i).title(),
                            sample.trips(),
                            sample.longestToMean(),
                            sample.overtaking());
                }
            }
            results.waits().addAll(rows);
        }

        /** So that the first cell is not the one in which the JVM compiles. */
        private void warmUp(List<Contender> contenders) throws IOException, InterruptedException {
            out.println("warming up");
            Measurement measurement =
                    new Measurement(redis, new Effort(WARM_UP, options.effort().round(), Duration.ZERO), out);
            measurement.measure(Cell.EIGHT, contenders);
        }
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String head(Options options, String redisVersion, double before, double minutes) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds of %d ms each, after %d that count for nothing; all limiters in turn. %d processors, load average %.1f at"
                        + " the beginning and %.1f at the end, Java %s, Redis %s, %.1f minutes.",
                options.effort().rounds(),
                options.effort().round().toMillis(),
                Effort.WARM_UP,
                Runtime.getRuntime().availableProcessors(),
                before,
                loadAverage(),
                Runtime.version(),
                redisVersion,
                minutes);
    }
}
