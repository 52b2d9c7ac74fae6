package io.github.reverseratelimiter.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table in Markdown. */
public final class Table {

    private final List<String> rows = new ArrayList<>();

    /** A table with this first row. */
    public Table(List<String> header) {
        rows.add(row(header));
        rows.add(row(header.stream().map(title -> "---").collect(Collectors.toList())));
    }

    /** Adds a row. */
    public void add(List<String> cells) {
        rows.add(row(cells));
    }

    /** With one digit after the point. */
    public static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** The middle one (the upper, of an even number). */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public String toString() {
        return String.join("\n", rows);
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
