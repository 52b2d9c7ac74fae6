package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    @Test
    void knowsEachPercentileToWithinAPercent() {
        Random random = new Random(7);
        Histogram histogram = new Histogram();
        long[] values = random.longs(100_000, 0, 28)
                .map(power -> (1L << power) + random.nextLong(1L << power))
                .toArray();
        Arrays.stream(values).forEach(histogram::add);
        Arrays.sort(values);
        for (double share : new double[] {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
            assertThat(histogram.percentile(share))
                    .as("percentile %s", share)
                    .isCloseTo((double) values[(int) (share * values.length)], withinPercentage(1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 127, 128, 255, 256, 257, 511, 512, 65_535, 65_536, 1_000_000_007, 1L << 40})
    void keepsASingleValue(long value) {
        Histogram histogram = new Histogram();
        histogram.add(value);
        assertThat(histogram.percentile(0.5)).isCloseTo((double) value, withinPercentage(1));
    }

    @Test
    void takesWhatIsLongerThanAnyBucketForTheLongest() {
        Histogram histogram = new Histogram();
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.percentile(1)).isGreaterThan(1L << 41);
    }

    @Test
    void addsUpThoseOfSeveralThreads() {
        Histogram one = new Histogram();
        Histogram other = new Histogram();
        one.add(100);
        other.add(200);
        other.add(200);
        one.addAll(other);
        assertThat(one.total()).isEqualTo(3);
        assertThat(one.percentile(0.3)).isCloseTo(100, withinPercentage(1));
        assertThat(one.percentile(0.9)).isCloseTo(200, withinPercentage(1));
    }

    @Test
    void hasNoPercentileOfNothing() {
        assertThat(new Histogram().percentile(0.5)).isZero();
    }
}
