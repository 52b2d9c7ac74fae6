package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.CreditRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Bars as an SVG: a line for each limiter, a column for each delay; above what was refused, below what was used of the best. Bars
 * are as long as their share of the longest one (or of all), and are labelled, so that nobody has to measure.
 */
final class Plot {

    private static final int TITLES = 190;
    private static final int COLUMN = 150;
    private static final int BAR = 92;
    private static final int LINE = 19;
    private static final int HEAD = 52;
    private static final String OURS = "#1f6f8b";
    private static final String PEERS = "#b0b7bd";
    private static final String GOAL = "#2e8b57";

    private final StringBuilder svg = new StringBuilder();
    private final List<String> limiters;
    private final List<Delay> delays;
    private final List<Row> rows;

    private Plot(List<Row> rows) {
        this.rows = rows;
        this.limiters = rows.stream()
                .map(Plot::title)
                .distinct()
                .sorted(Comparator.comparing(title -> !title.startsWith("ours")))
                .toList();
        this.delays =
                rows.stream().map(row -> row.scenario().delay()).distinct().toList();
    }

    /** The plot of these rows, all of one quota. */
    static String svg(String quota, List<Row> rows) {
        return new Plot(rows).draw(quota);
    }

    /** The sufficient margin is another one for each delay, but one line. */
    private static String title(Row row) {
        Duration sufficient = row.scenario().sufficientMargin();
        boolean isIt = row.subject().margin().filter(sufficient::equals).isPresent();
        String title = row.subject().title();
        boolean ofTheDefault = title.equals("ours, margin " + Text.millis(CreditRequest.DEFAULT_MARGIN));
        return isIt && !ofTheDefault ? title.substring(0, title.indexOf("margin")) + "sufficient margin" : title;
    }

    private String draw(String quota) {
        int width = TITLES + delays.size() * COLUMN + 10;
        int panel = HEAD + limiters.size() * LINE + 16;
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                width,
                2 * panel,
                width,
                2 * panel));
        panel(0, "Refused by a sliding window of " + quota + ", by delay before arrival", Plot::refused, longest());
        panel(panel, "Share of the best possible that was used", Row::shareOfBest, 1);
        return svg.append("</svg>\n").toString();
    }

    private static double refused(Row row) {
        return row.tally().refusedShare();
    }

    private double longest() {
        return Math.max(0.01, rows.stream().mapToDouble(Plot::refused).max().orElse(0));
    }

    private void panel(int top, String title, ToDoubleFunction<Row> value, double full) {
        text(8, top + 20, "font-weight=\"bold\" font-size=\"14\"", title);
        for (int column = 0; column < delays.size(); column++) {
            text(
                    TITLES + column * COLUMN,
                    top + 42,
                    "fill=\"#555\"",
                    delays.get(column).title());
        }
        for (int line = 0; line < limiters.size(); line++) {
            text(8, top + HEAD + line * LINE + 12, "", limiters.get(line));
        }
        for (Row row : rows) {
            int x = TITLES + delays.indexOf(row.scenario().delay()) * COLUMN;
            int y = top + HEAD + limiters.indexOf(title(row)) * LINE;
            bar(x, y, value.applyAsDouble(row), full, row.subject().margin().isPresent());
        }
    }

    private void bar(int x, int y, double value, double full, boolean ours) {
        double length = Math.max(1, Math.min(1.05, value / full) * BAR);
        String colour = !ours ? PEERS : value == 0 ? GOAL : OURS;
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x,
                y,
                length,
                LINE - 5,
                colour));
        text(x + (int) length + 4, y + 12, "font-size=\"11\"", Text.percent(value));
    }

    private void text(int x, int y, String attributes, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" %s>%s</text>%n", x, y, attributes, text.replace("&", "&amp;")));
    }
}
