package io.github.reverseratelimiter.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The plots of a run, of those who share a limit with other instances. */
final class Plots {

    private static final String SPEED = "load-speed.svg";
    private static final String TRIPS = "load-trips.svg";
    private static final String P50 = "load-p50.svg";
    private static final String P99 = "load-p99.svg";
    private static final String WAITS = "load-waits.svg";

    /** By the names of their files. */
    static final Map<String, String> TITLES = titles();

    /** Of a bar that takes all of its room, where there is no goal. */
    private static final double FULL = 2;

    private static final double ROOM_BEYOND_THE_GOAL = 1.25;

    private final Results results;

    Plots(Results results) {
        this.results = results;
    }

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put(SPEED, "Calls a second, as a multiple of the trivial EVALSHA's");
        titles.put(TRIPS, "Trips to Redis per call");
        titles.put(P50, "Half of the calls take at most so many times as long as with the trivial EVALSHA");
        titles.put(P99, "99 of 100 calls take at most so many times as long as with the trivial EVALSHA");
        titles.put(WAITS, "Waiting: 64 threads on 50/1 s");
        return titles;
    }

    void write(Path directory) throws IOException {
        write(directory, SPEED, panels(cell -> true, Row::speed, ": calls/s"));
        write(directory, TRIPS, panels(cell -> true, row -> row.median(Sample::trips), ": trips"));
        write(directory, P50, panels(cell -> !cell.isAsync(), row -> row.ratio(Sample::p50), ": p50"));
        write(directory, P99, panels(cell -> true, row -> row.ratio(Sample::p99), ": p99"));
        write(directory, WAITS, waits());
    }

    private static void write(Path directory, String file, List<Plot.Panel> panels) throws IOException {
        Files.writeString(directory.resolve(file), Plot.svg(TITLES.getOrDefault(file, file), panels));
    }

    /**
     * A panel for each of these cells.
     *
     * @param goal how the title of a goal for this value goes on after the cell's
     */
    private List<Plot.Panel> panels(Predicate<Cell> cells, ToDoubleFunction<Row> value, String goal) {
        List<Plot.Panel> panels = new ArrayList<>();
        for (Cell cell : results.cells().stream().filter(cells).toList()) {
            Map<String, Double> bars = new LinkedHashMap<>();
            for (Row row : results.of(cell)) {
                if (isPlotted(row.limiter())) {
                    bars.put(row.limiter(), value.applyAsDouble(row));
                }
            }
            OptionalDouble bound = Promise.ALL.stream()
                    .filter(promise -> promise.title().startsWith(cell.title() + goal))
                    .mapToDouble(Promise::bound)
                    .findFirst();
            panels.add(
                    new Plot.Panel(cell.title(), Math.max(FULL, bound.orElse(0) * ROOM_BEYOND_THE_GOAL), bound, bars));
        }
        return panels;
    }

    private static boolean isPlotted(String limiter) {
        return !limiter.contains("local") && !limiter.equals(Promise.IN_MEMORY) && !Contender.isLimit(limiter);
    }

    private List<Plot.Panel> waits() {
        double longest = results.waits().stream()
                .mapToDouble(row -> row.median(Waits.Sample::longestMillis))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        return List.of(
                waits("mean wait, ms", longest, Waits.Sample::meanMillis),
                waits("longest wait, ms", longest, Waits.Sample::longestMillis));
    }

    private Plot.Panel waits(String title, double full, ToDoubleFunction<Waits.Sample> value) {
        Map<String, Double> bars = new LinkedHashMap<>();
        for (Waits.Row row : results.waits()) {
            if (Double.isFinite(row.median(value))) {
                bars.put(row.limiter(), row.median(value));
            }
        }
        return new Plot.Panel(title, full, OptionalDouble.empty(), bars);
    }
}
