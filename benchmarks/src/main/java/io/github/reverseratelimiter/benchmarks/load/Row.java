package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.Table;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A limiter in a cell.
 *
 * @param limiter its title
 * @param samples of each round
 * @param trivial of the same rounds, by the yardstick
 */
record Row(Cell cell, String limiter, List<Sample> samples, List<Sample> trivial) {

    /** Of the rounds. */
    double median(ToDoubleFunction<Sample> value) {
        return Table.median(samples.stream().mapToDouble(value).toArray());
    }

    /** Of the rounds, each beside the yardstick's same round: what disturbs a round disturbs both. */
    double ratio(ToDoubleFunction<Sample> value) {
        double[] ratios = new double[samples.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = value.applyAsDouble(samples.get(i)) / value.applyAsDouble(trivial.get(i));
        }
        return Table.median(ratios);
    }

    /** Calls a second, beside those of the yardstick. */
    double speed() {
        return ratio(Sample::callsPerSecond);
    }

    long failed() {
        return samples.stream().mapToLong(Sample::failed).sum();
    }

    /** What should not have been: calls that failed, or were denied where all are granted, or the other way round. */
    String remarks() {
        double granted = median(Sample::grantedShare);
        boolean wanted = cell.outcome() == Cell.Outcome.GRANTED;
        double wrong = wanted ? 1 - granted : granted;
        String remark = wrong < 0.001
                ? ""
                : String.format(Locale.ROOT, " (%.1f %% %s)", wrong * 100, wanted ? "denied" : "granted");
        return failed() == 0 ? remark : remark + " (" + failed() + " failed)";
    }
}
