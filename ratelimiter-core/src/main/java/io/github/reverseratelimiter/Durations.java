package io.github.reverseratelimiter;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations as numbers and as short text. */
final class Durations {

    private static final Duration MOST_NANOS = Duration.ofNanos(Long.MAX_VALUE);
    private static final long MOST_DAYS = 10_000;

    private Durations() {}

    /** In microseconds, a fraction rounded up; of what has been checked to fit. */
    static long microsUp(Duration duration) {
        long micros = Math.multiplyExact(duration.getSeconds(), 1_000_000L);
        return micros + (duration.getNano() + 999) / 1_000;
    }

    static Duration ofMicros(long micros) {
        return micros == 0
                ? Duration.ZERO
                : Duration.ofSeconds(Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L);
    }

    /** In nanoseconds; the most there can be, where that is less. */
    static long nanos(Duration duration) {
        return duration.compareTo(MOST_NANOS) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    /**
     * As written in a configuration: {@code 250ms}, {@code 1s}, {@code 1m}, {@code 7.4s}. Exact below a second, else
     * rounded up to milliseconds.
     */
    static String text(Duration duration) {
        if (Math.abs(duration.getSeconds() / 86_400) > MOST_DAYS) {
            return duration.toString();
        }
        if (duration.isNegative()) {
            return "-" + text(duration.negated());
        }
        if (duration.isZero()) {
            return "0s";
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
            return decimal(duration.toNanos(), 6, 6) + "ms";
        }
        return decimal(duration.toNanos(), 9, 3) + "s";
    }

    private static String decimal(long nanos, int unit, int digits) {
        return BigDecimal.valueOf(nanos, unit)
                .setScale(digits, RoundingMode.UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
