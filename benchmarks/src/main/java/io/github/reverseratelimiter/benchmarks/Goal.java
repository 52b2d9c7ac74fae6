package io.github.reverseratelimiter.benchmarks;

import java.util.Locale;

/** A figure beside the most that it may be. */
record Goal(double figure, double most) {

    boolean met() {
        return figure <= most;
    }

    /** Reads as {@code at most 1.25: met}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "at most %.2f: %s", most, met() ? "met" : "MISSED");
    }
}
