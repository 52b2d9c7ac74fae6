package io.github.reverseratelimiter.sample;

import java.time.Duration;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures as text. */
final class Text {

    private Text() {}

    /** {@code 99.5 %}. */
    static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }

    /** {@code 3.21 s} or {@code 25 ms}. */
    static String seconds(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0
                ? duration.toMillis() + " ms"
                : format("%.2f s", duration.toNanos() / 1e9);
    }

    /** {@code 29 28 29 29}. */
    static String list(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** As {@link String#format(String, Object...)}, the same in every country. */
    static String format(String pattern, Object... values) {
        try (Formatter formatter = new Formatter(Locale.ROOT)) {
            return formatter.format(pattern, values).toString();
        }
    }
}
