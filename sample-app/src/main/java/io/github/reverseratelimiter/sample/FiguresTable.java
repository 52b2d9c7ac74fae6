package io.github.reverseratelimiter.sample;

import static io.github.reverseratelimiter.sample.Text.format;
import static io.github.reverseratelimiter.sample.Text.percent;
import static io.github.reverseratelimiter.sample.Text.seconds;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The figures of several runs as one Markdown table, for the docs. */
final class FiguresTable {

    private static final String HEAD = """
            | provider | limiter | calls | refused (429) | margin needed | share of L per W + margin | share of L per W | wait mean / p99 | denied | trips per call | calls per instance | busiest to idlest |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    private FiguresTable() {}

    /** The table. */
    static String markdown(List<Figures> rows) {
        return rows.stream().map(FiguresTable::row).collect(Collectors.joining("\n", HEAD, "\n"));
    }

    private static String row(Figures figures) {
        SampleOptions options = figures.options();
        return format(
                "| %s | %s | %d | %d (%s) | %s | %s | %s | %s / %s | %d | %.2f | %s | %.2f |",
                options.quota(),
                figures.scenario().limited() ? limiter(options) : "off",
                figures.calls(),
                figures.provider().refused(),
                percent(figures.provider().refusedShare()),
                figures.scenario().limited() ? seconds(figures.marginNeeded()) : "-",
                percent(figures.share()),
                percent(figures.rawShare()),
                seconds(figures.meanWait()),
                seconds(figures.p99Wait()),
                figures.denied(),
                figures.tripsPerCall(),
                Text.list(figures.callsPerInstance()),
                figures.busiestToIdlest());
    }

    private static String limiter(SampleOptions options) {
        boolean anyWait = options.maxWait().compareTo(Duration.ofSeconds(10)) > 0;
        return "margin " + seconds(options.margin()) + (anyWait ? "" : ", max-wait " + seconds(options.maxWait()));
    }
}
