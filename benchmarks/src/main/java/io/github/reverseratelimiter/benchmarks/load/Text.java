package io.github.reverseratelimiter.benchmarks.load;

import java.util.Locale;

/** Numbers as the tables and plots show them. */
final class Text {

    private static final double LARGE = 100;
    private static final double MIDDLE = 10;

    private Text() {}

    /** With two digits after the point, or fewer if it is large: {@code 0.07}, {@code 12.5}, {@code 1,234}. */
    static String figure(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= LARGE ? "%,.0f" : size >= MIDDLE ? "%.1f" : "%.2f", value);
    }
}
