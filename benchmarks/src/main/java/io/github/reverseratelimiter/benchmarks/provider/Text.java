package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.Locale;

/** Numbers as the tables and plots show them. */
final class Text {

    private Text() {}

    /** For example {@code 97.6 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    /** For example {@code 25 ms}, or {@code 1.25 s} from a second on. */
    static String millis(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return millis < 1000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.2f s", millis / 1000);
    }

    /** For example {@code 5/1 s}. */
    static String quota(RateLimit quota) {
        return quota.limit() + "/"
                + (quota.window().toMillis() % 1000 == 0
                        ? quota.window().toSeconds() + " s"
                        : quota.window().toMillis() + " ms");
    }
}
