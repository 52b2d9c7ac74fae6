package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.benchmarks.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows as the docs show them. */
final class Report {

    private static final List<String> HEAD = List.of(
            "limiter",
            "calls",
            "refused",
            "share of quota",
            "share of the best",
            "share of its margin",
            "margin needed",
            "wait mean / p99",
            "trips per call",
            "busiest to idlest");

    private Report() {}

    /** A table for each scenario, under its title. */
    static String markdown(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        byScenario(rows).forEach((scenario, of) -> {
            Table table = new Table(HEAD);
            of.forEach(row -> table.add(cells(row)));
            text.append("**")
                    .append(scenario)
                    .append("** (at best ")
                    .append(scenario.quota().limit())
                    .append(" in ")
                    .append(Text.millis(scenario.best()))
                    .append(")\n\n")
                    .append(table)
                    .append("\n\n");
        });
        return text.toString();
    }

    /** Writes the tables and the plots into this directory. */
    static void write(Path directory, String head, List<Row> rows) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("at-the-provider.md"), head + "\n\n" + markdown(rows));
        Map<String, List<Row>> plots = new LinkedHashMap<>();
        for (Row row : rows) {
            if (row.scenario().kind() == Kind.SLIDING_WINDOW) {
                String quota = Text.quota(row.scenario().quota());
                plots.computeIfAbsent(quota, unused -> new ArrayList<>()).add(row);
            }
        }
        for (Map.Entry<String, List<Row>> plot : plots.entrySet()) {
            String name =
                    "at-the-provider-" + plot.getKey().replace("/", "-per-").replace(" ", "") + ".svg";
            Files.writeString(directory.resolve(name), Plot.svg(plot.getKey(), plot.getValue()));
        }
    }

    private static Map<Scenario, List<Row>> byScenario(List<Row> rows) {
        Map<Scenario, List<Row>> scenarios = new LinkedHashMap<>();
        rows.forEach(row -> scenarios
                .computeIfAbsent(row.scenario(), unused -> new ArrayList<>())
                .add(row));
        return scenarios;
    }

    private static List<String> cells(Row row) {
        boolean margin = row.subject().margin().isPresent();
        int failures = row.failures().size();
        return List.of(
                row.subject().title() + (failures == 0 ? "" : " (" + failures + " failures)"),
                Integer.toString(row.tally().calls()),
                row.tally().refused() + " (" + Text.percent(row.tally().refusedShare()) + ")",
                Text.percent(row.share()),
                Text.percent(row.shareOfBest()),
                margin ? Text.percent(row.shareOfMargin()) : "",
                margin && row.scenario().kind() == Kind.SLIDING_WINDOW ? Text.millis(row.marginNeeded()) : "",
                Text.millis(row.meanWait()) + " / " + Text.millis(row.p99Wait()),
                String.format(Locale.ROOT, "%.2f", row.tripsPerCall()),
                String.format(Locale.ROOT, "%.2f", row.busiestToIdlest()));
    }
}
