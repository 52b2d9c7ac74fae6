package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** Results as the docs show them: goals, tables, plots, and all figures as JSON. */
final class Report {

    static final String BEGIN = "<!-- load: begin -->";
    static final String END = "<!-- load: end -->";

    private static final List<String> HEAD = List.of(
            "limiter",
            "**to trivial**",
            "calls/s",
            "p50 µs",
            "p99 µs",
            "trips per call",
            "commands per call",
            "client CPU µs",
            "Redis CPU µs",
            "bytes");

    private final Origin origin;
    private final String head;
    private final Results results;

    Report(Origin origin, String head, Results results) {
        this.origin = origin;
        this.head = head;
        this.results = results;
    }

    /** Writes {@code load.json}, {@code load.md} and the plots into this directory. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("load.json"), json());
        Files.writeString(directory.resolve("load.md"), markdown("."));
        new Plots(results).write(directory);
    }

    /** Writes the tables into this page, between its two marks, and the plots into the folder {@code images} beside it. */
    void render(Path page) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    page + " has not the lines " + BEGIN + " and " + END + ": put them where the tables go");
        }
        String before = text.substring(0, begin + BEGIN.length());
        Files.writeString(page, before + "\n\n" + markdown("images") + "\n\n" + text.substring(end));
        Path images = page.resolveSibling("images");
        Files.createDirectories(images);
        new Plots(results).write(images);
    }

    /** The goals, the plots in this folder, and a table for each cell. */
    String markdown(String images) {
        StringBuilder text = new StringBuilder(head).append("\n\n### Goals under load\n\n");
        text.append(goals()).append("\n\n");
        Plots.TITLES.forEach(
                (file, title) -> text.append(String.format(Locale.ROOT, "![%s](%s/%s)\n\n", title, images, file)));
        for (Cell cell : results.cells()) {
            text.append("**")
                    .append(cell.title())
                    .append("**\n\n")
                    .append(cells(cell))
                    .append("\n\n");
        }
        if (!results.waits().isEmpty()) {
            text.append("**waiting, 64 threads on 50/1 s: the median of the runs (the worst of them)**\n\n")
                    .append(waits())
                    .append("\n\n");
        }
        if (!results.memory().isEmpty()) {
            text.append("**bytes in Redis of an account whose window is used up**\n\n")
                    .append(memory())
                    .append("\n\n");
        }
        if (!results.wire().isEmpty()) {
            text.append(String.format(
                            Locale.ROOT,
                            "**the wire itself: the trivial EVALSHA, %,d calls in flight**\n\n",
                            Wire.IN_FLIGHT))
                    .append(wire());
        }
        return text.toString().stripTrailing();
    }

    private Table goals() {
        List<String> ours = List.of(Promise.OURS, "ours, Spring Data", "ours, annotated", Promise.EVEN);
        List<String> header = new ArrayList<>(List.of("", "goal", "this run"));
        header.addAll(ours);
        Table table = new Table(header);
        for (Promise promise : Promise.ALL) {
            OptionalDouble judged = promise.figure().of(results, Promise.OURS);
            if (judged.isEmpty()) {
                judged = promise.figure().of(results, Promise.IN_MEMORY);
            }
            List<String> cells = new ArrayList<>(List.of(promise.title(), promise.wanted(), verdict(promise, judged)));
            for (String who : ours) {
                cells.add(figure(promise.figure().of(results, who)));
            }
            table.add(cells);
        }
        return table;
    }

    private static String verdict(Promise promise, OptionalDouble figure) {
        return figure.isEmpty()
                ? "not measured"
                : (promise.kept(figure.getAsDouble()) ? "**met**" : "**MISSED**") + " (" + figure(figure) + ")";
    }

    private static String figure(OptionalDouble figure) {
        return figure.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", figure.getAsDouble());
    }

    private Table cells(Cell cell) {
        Table table = new Table(HEAD);
        for (Row row : results.of(cell)) {
            table.add(List.of(
                    row.limiter() + row.remarks(),
                    String.format(Locale.ROOT, "**%.2f**", row.speed()),
                    String.format(Locale.ROOT, "%,.0f", row.median(Sample::callsPerSecond)),
                    Text.figure(row.median(Sample::p50)),
                    Text.figure(row.median(Sample::p99)),
                    Text.figure(row.median(Sample::trips)),
                    Text.figure(row.median(Sample::commands)),
                    Text.figure(row.median(Sample::clientMicros)),
                    Text.figure(row.median(Sample::redisMicros)),
                    String.format(Locale.ROOT, "%,.0f", row.median(Sample::bytes))));
        }
        return table;
    }

    private Table waits() {
        Table table = new Table(List.of(
                "limiter",
                "granted/s",
                "trips per granted call",
                "mean wait ms",
                "longest wait ms",
                "longest to mean",
                "overtook another"));
        for (Waits.Row row : results.waits()) {
            table.add(List.of(
                    row.limiter(),
                    Text.figure(row.median(Waits.Sample::callsPerSecond)),
                    withWorst(row, Waits.Sample::trips, Text::figure),
                    withWorst(row, Waits.Sample::meanMillis, Text::figure),
                    withWorst(row, Waits.Sample::longestMillis, Text::figure),
                    withWorst(row, Waits.Sample::longestToMean, Text::figure),
                    withWorst(row, Waits.Sample::overtaking, Report::percent)));
        }
        return table;
    }

    /** Reads as {@code 1.56 (1.60)}; nothing if nobody was seen to wait. */
    private static String withWorst(Waits.Row row, ToDoubleFunction<Waits.Sample> value, DoubleFunction<String> shown) {
        double median = row.median(value);
        return Double.isNaN(median) ? "" : shown.apply(median) + " (" + shown.apply(row.worst(value)) + ")";
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private Table memory() {
        List<String> header = new ArrayList<>(List.of("limiter"));
        Memory.LIMITS.forEach(limit -> header.add(String.format(Locale.ROOT, "%,d an hour", limit)));
        Table table = new Table(header);
        for (Memory.Row row : results.memory()) {
            List<String> cells = new ArrayList<>(List.of(row.limiter()));
            row.bytes().forEach(bytes -> cells.add(String.format(Locale.ROOT, "%,d", bytes)));
            table.add(cells);
        }
        return table;
    }

    private Table wire() {
        Table table = new Table(List.of("", "calls/s"));
        results.wire()
                .forEach(speed ->
                        table.add(List.of(speed.way(), String.format(Locale.ROOT, "%,.0f", speed.callsPerSecond()))));
        return table;
    }

    /** All figures, those of each round too. */
    String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("origin", origin.json());
        all.put("run", head);
        all.put("goals", Promise.ALL.stream().map(this::json).toList());
        all.put("cells", results.rows().stream().map(Report::json).toList());
        all.put("waits", results.waits().stream().map(Report::json).toList());
        all.put("memory", results.memory().stream().map(Report::json).toList());
        all.put("wire", results.wire().stream().map(Report::json).toList());
        return Json.of(all) + "\n";
    }

    private Map<String, Object> json(Promise promise) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("goal", promise.title());
        map.put(promise.atLeast() ? "atLeast" : "atMost", promise.bound());
        String who = promise.figure().of(results, Promise.OURS).isPresent() ? Promise.OURS : Promise.IN_MEMORY;
        promise.figure().of(results, who).ifPresent(figure -> {
            map.put("figure", figure);
            map.put("met", promise.kept(figure));
        });
        return map;
    }

    private static Map<String, Object> json(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cell", row.cell().title());
        map.put("limiter", row.limiter());
        map.put("toTrivial", row.speed());
        map.put("p50ToTrivial", row.ratio(Sample::p50));
        map.put("failed", row.failed());
        put(map, row, "callsPerSecond", Sample::callsPerSecond);
        put(map, row, "grantedShare", Sample::grantedShare);
        put(map, row, "p50Micros", Sample::p50);
        put(map, row, "p99Micros", Sample::p99);
        put(map, row, "tripsPerCall", Sample::trips);
        put(map, row, "commandsPerCall", Sample::commands);
        put(map, row, "clientCpuMicrosPerCall", Sample::clientMicros);
        put(map, row, "redisCpuMicrosPerCall", Sample::redisMicros);
        put(map, row, "bytesPerCall", Sample::bytes);
        return map;
    }

    /** The median, and each round's. */
    private static void put(Map<String, Object> map, Row row, String name, ToDoubleFunction<Sample> value) {
        map.put(name, row.median(value));
        map.put(
                name + "OfRounds",
                row.samples().stream().mapToDouble(value).boxed().toList());
    }

    private static void put(Map<String, Object> map, Waits.Row row, String name, ToDoubleFunction<Waits.Sample> value) {
        map.put(name, row.median(value));
        map.put(
                name + "OfRuns",
                row.samples().stream().mapToDouble(value).boxed().toList());
    }

    private static Map<String, Object> json(Waits.Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("limiter", row.limiter());
        put(map, row, "grantedPerSecond", Waits.Sample::callsPerSecond);
        put(map, row, "tripsPerGrantedCall", Waits.Sample::trips);
        put(map, row, "meanWaitMillis", Waits.Sample::meanMillis);
        put(map, row, "longestWaitMillis", Waits.Sample::longestMillis);
        put(map, row, "longestToMean", Waits.Sample::longestToMean);
        put(map, row, "overtaking", Waits.Sample::overtaking);
        return map;
    }

    private static Map<String, Object> json(Wire.Speed speed) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("way", speed.way());
        map.put("callsPerSecond", speed.callsPerSecond());
        return map;
    }

    private static Map<String, Object> json(Memory.Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("limiter", row.limiter());
        for (int i = 0; i < row.bytes().size(); i++) {
            map.put("bytesOf" + Memory.LIMITS.get(i), row.bytes().get(i));
        }
        return map;
    }
}
