package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * How long calls take from the caller to the provider, each independently of the others.
 *
 * @param title as it is called in the tables
 * @param quantile the delay in nanoseconds that this share of the calls, from 0 to 1, does not exceed
 */
record Delay(String title, DoubleUnaryOperator quantile) {

    /** None but what the machine takes. */
    static final Delay NONE = new Delay("0", share -> 0);

    /** Half of the calls take up to 5 ms, 1 % take more than 200 ms, none more than a second: Pareto, cut off. */
    static final Delay HEAVY_TAIL = heavyTail();

    private static final double MILLI = 1e6;
    private static final int STEPS = 10_000;

    /** As likely to be any time between the two. */
    static Delay uniform(int least, int most) {
        return new Delay(least + "-" + most + " ms", share -> (least + share * (most - least)) * MILLI);
    }

    private static Delay heavyTail() {
        double median = 5 * 1e6;
        double exponent = Math.log(200.0 / 5) / Math.log(0.5 / 0.01);
        double least = median * Math.pow(0.5, exponent);
        return new Delay("heavy tail", share -> Math.min(1e9, least * Math.pow(1 - share, -exponent)));
    }

    /** One of them, in nanoseconds. */
    long draw(Random random) {
        return Math.round(quantile.applyAsDouble(random.nextDouble()));
    }

    /** What the shortest takes. */
    Duration least() {
        return at(0);
    }

    /** By how much they differ at most: the margin that a sliding window needs. */
    Duration spread() {
        return at(1).minus(least());
    }

    /** What they take on average. */
    Duration mean() {
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            sum += quantile.applyAsDouble((i + 0.5) / STEPS);
        }
        return Duration.ofNanos(Math.round(sum / STEPS));
    }

    private Duration at(double share) {
        return Duration.ofNanos(Math.round(quantile.applyAsDouble(share)));
    }

    @Override
    public String toString() {
        return title;
    }
}
