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
 * Measures the CPU time that the starter adds to the start of an application that uses Redis, with Spring AOP and without, and what
 * the floor adds, a starter that does nothing: JVMs without one, with the floor and with ours in turn. {@code docs/benchmarks.md} says how to start it.
 */
final class StartupFigures {

    /** In milliseconds, where the application uses Spring AOP already. */
    static final double MOST = 50;

    private StartupFigures() {}

    /** Measures and prints. */
    public static void main(String[] args) throws IOException, InterruptedException {
        StartupOptions options = StartupOptions.of(args);
        try (Redis redis = Redis.start()) {
            System.out.println(measure(redis, options, System.out));
        }
    }

    static Table measure(Redis redis, StartupOptions options, PrintStream out)
            throws IOException, InterruptedException {
        Map<Variant, List<Variant.Start>> seen = new EnumMap<>(Variant.class);
        for (Variant variant : Variant.values()) {
            seen.put(variant, new ArrayList<>());
            variant.run(redis.uri().getPort(), options.jvm()); // its files are in memory from now on
        }
        for (int run = 0; run < options.runs(); run++) {
            out.printf(Locale.ROOT, "run %d of %d%n", run + 1, options.runs());
            for (Variant variant : Variant.values()) {
                seen.get(variant).add(variant.run(redis.uri().getPort(), options.jvm()));
            }
        }
        Table table = new Table(List.of(
                "CPU time, ms",
                "in all",
                "classes loaded",
                "**added**, 95 % confidence",
                "added up to the first call's end",
                "goal"));
        Rows aop = new Rows(table, "uses Spring AOP", seen.get(Variant.AOP));
        aop.without();
        aop.with("the floor", seen.get(Variant.AOP_FLOOR), added -> "none");
        aop.with("the starter", seen.get(Variant.AOP_LIMITED), StartupFigures::goal);
        Rows noAop = new Rows(table, "does not", seen.get(Variant.NO_AOP));
        noAop.without();
        noAop.with("the floor", seen.get(Variant.NO_AOP_FLOOR), added -> "none");
        noAop.with("the starter", seen.get(Variant.NO_AOP_LIMITED), added -> "none");
        return table;
    }

    private static String goal(Difference added) {
        return String.format(Locale.ROOT, "at most %.0f: %s", MOST, added.mean() <= MOST ? "met" : "MISSED");
    }

    /**
     * Those of one application.
     *
     * @param bare its starts without a starter
     */
    private record Rows(Table table, String application, List<Variant.Start> bare) {

        void without() {
            table.add(List.of(application, median(bare, Variant.Start::ready), classes(bare), "", "", ""));
        }

        void with(String what, List<Variant.Start> starts, Function<Difference, String> goal) {
            Difference added = difference(starts, Variant.Start::ready);
            table.add(List.of(
                    application + ", with " + what,
                    median(starts, Variant.Start::ready),
                    classes(starts),
                    added.toString(),
                    difference(starts, Variant.Start::called).toString(),
                    goal.apply(added)));
        }

        private static String classes(List<Variant.Start> starts) {
            return median(starts, Variant.Start::classes);
        }

        private Difference difference(List<Variant.Start> starts, ToDoubleFunction<Variant.Start> figure) {
            return Difference.of(
                    starts.stream().mapToDouble(figure).toArray(),
                    bare.stream().mapToDouble(figure).toArray());
        }

        private static String median(List<Variant.Start> starts, ToDoubleFunction<Variant.Start> figure) {
            return String.format(
                    Locale.ROOT,
                    "%,.0f",
                    Table.median(starts.stream().mapToDouble(figure).toArray()));
        }
    }
}
