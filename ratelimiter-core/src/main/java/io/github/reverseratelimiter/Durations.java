package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations as microseconds and as short text. */
final class Durations {

    private Durations() {}

    static long microsUp(Duration duration) {
        long micros = Math.multiplyExact(duration.getSeconds(), 1_000_000L);
        return micros + (duration.getNano() + 999) / 1_000;
    }

    static Duration ofMicros(long micros) {
        return Duration.of(micros, java.time.temporal.ChronoUnit.MICROS);
    }

    /** As written in a configuration: {@code 250ms}, {@code 1s}, {@code 1m}, {@code 7.4s}. */
    static String text(Duration duration) {
        if (duration.isNegative()) {
            return "-" + text(duration.negated());
        }
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.getSeconds() > TimeUnit.DAYS.toSeconds(10_000)) {
            return duration.toString();
        }
        long seconds = duration.getSeconds();
        if (duration.getNano() == 0) {
            if (seconds % 86_400 == 0) {
                return seconds / 86_400 + "d";
            }
            if (seconds % 3_600 == 0) {
                return seconds / 3_600 + "h";
            }
            if (seconds % 60 == 0) {
                return seconds / 60 + "m";
            }
            return seconds + "s";
        }
        if (seconds == 0) {
            return decimal(duration.toNanos(), 1_000_000) + "ms";
        }
        return decimal(duration.toNanos(), 1_000_000_000L) + "s";
    }

    private static String decimal(long value, long unit) {
        return java.math.BigDecimal.valueOf(value)
                .divide(java.math.BigDecimal.valueOf(unit))
                .setScale(3, java.math.RoundingMode.UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
