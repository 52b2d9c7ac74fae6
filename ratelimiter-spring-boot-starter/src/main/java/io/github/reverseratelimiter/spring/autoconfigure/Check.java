package io.github.reverseratelimiter.spring.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Refuses a property with its name, its value, and what to do. */
final class Check {

    private Check() {}

    static void that(boolean right, String property, @Nullable Object value, String rule, String remedy) {
        if (!right) {
            throw new IllegalArgumentException(property + " " + rule + " but was '" + text(value) + "': " + remedy);
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof Duration duration
                ? DurationStyle.SIMPLE.print(duration).toLowerCase(Locale.ROOT)
                : String.valueOf(value);
    }
}
