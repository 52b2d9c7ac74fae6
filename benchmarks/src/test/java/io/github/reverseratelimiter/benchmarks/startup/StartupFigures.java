package io.github.reverseratelimiter.benchmarks.startup;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Measures the CPU time that the starter adds to the start of an application that uses Redis, with Spring AOP and without: JVMs
 * with and without it in turn. {@code docs/benchmarks.md} says how to start it.
 */
final class StartupFigures {

    /** In milliseconds, where the application uses Spring AOP already. */
    static final double MOST = 50;

    private static final int RUNS = 20;

    private StartupFigures() {}

    /** Measures and prints. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Redis redis = Redis.start()) {
            System.out.println(measure(redis, runs(args), System.out));
        }
    }

    static int runs(String... args) {
        int runs = RUNS;
        for (String arg : args) {
            if (arg.startsWith("runs=")) {
                runs = Integer.parseInt(arg.substring("runs=".length()));
            } else if (!arg.isEmpty()) {
                throw new IllegalArgumentException("unknown option " + arg + ": give runs=20");
            }
        }
        return runs;
    }

    static Table measure(Redis redis, int runs, PrintStream out) throws IOException, InterruptedException {
        Map<Variant, List<Variant.Cpu>> seen = new EnumMap<>(Variant.class);
        for (Variant variant : Variant.values()) {
            seen.put(variant, new ArrayList<>());
            variant.run(redis.uri().getPort()); // its files are in memory from now on
        }
        for (int run = 0; run < runs; run++) {
            out.printf(Locale.ROOT, "run %d of %d%n", run + 1, runs);
            for (Variant variant : Variant.values()) {
                seen.get(variant).add(variant.run(redis.uri().getPort()));
            }
        }
        Table table = new Table(List.of(
                "CPU time, ms",
                "without the starter",
                "with it",
                "**added**, 95 % confidence",
                "added up to the first call's end",
                "goal"));
        table.add(row("uses Spring AOP", seen, Variant.AOP, Variant.AOP_LIMITED, StartupFigures::goal));
        table.add(row("does not", seen, Variant.NO_AOP, Variant.NO_AOP_LIMITED, added -> "none"));
        return table;
    }

    private static List<String> row(
            String title,
            Map<Variant, List<Variant.Cpu>> seen,
            Variant without,
            Variant with,
            Function<Difference, String> goal) {
        Difference added = difference(seen.get(with), seen.get(without), Variant.Cpu::ready);
        Difference called = difference(seen.get(with), seen.get(without), Variant.Cpu::called);
        return List.of(
                title,
                median(seen.get(without)),
                median(seen.get(with)),
                added.toString(),
                called.toString(),
                goal.apply(added));
    }

    private static String goal(Difference added) {
        return String.format(Locale.ROOT, "at most %.0f: %s", MOST, added.mean() <= MOST ? "met" : "MISSED");
    }

    private static String median(List<Variant.Cpu> runs) {
        return String.format(
                Locale.ROOT,
                "%,.0f",
                Table.median(runs.stream().mapToDouble(Variant.Cpu::ready).toArray()));
    }

    private static Difference difference(
            List<Variant.Cpu> with, List<Variant.Cpu> without, ToDoubleFunction<Variant.Cpu> figure) {
        return Difference.of(
                with.stream().mapToDouble(figure).toArray(),
                without.stream().mapToDouble(figure).toArray());
    }
}
