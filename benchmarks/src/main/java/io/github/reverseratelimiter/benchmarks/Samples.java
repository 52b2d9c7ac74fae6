package io.github.reverseratelimiter.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * One value from each round. Others use the machine too, so a single value says little: the median is what usually
 * happens, the least what the thing itself costs.
 */
final class Samples {

    private final double[] values;

    Samples(int rounds) {
        this.values = new double[rounds];
    }

    void set(int round, double value) {
        values[round] = value;
    }

    double median() {
        return Table.median(values);
    }

    double least() {
        return Arrays.stream(values).min().orElseThrow();
    }

    /** Round by round, this over that: what disturbs a round disturbs both. */
    Samples over(Samples other) {
        Samples ratios = new Samples(values.length);
        for (int i = 0; i < values.length; i++) {
            ratios.set(i, values[i] / other.values[i]);
        }
        return ratios;
    }

    /** Reads as {@code 7.1 (6.4)}: the median and, in brackets, the least. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f (%.1f)", median(), least());
    }
}
