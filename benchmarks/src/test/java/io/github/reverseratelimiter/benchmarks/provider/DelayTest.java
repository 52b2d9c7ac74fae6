package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DelayTest {

    @Test
    void isAnywhereInItsRange() {
        Delay delay = Delay.uniform(20, 120);
        long[] drawn = drawn(delay, 10_000);
        assertThat(LongStream.of(drawn).min().orElseThrow()).isBetween(20_000_000L, 20_100_000L);
        assertThat(LongStream.of(drawn).max().orElseThrow()).isBetween(119_900_000L, 120_000_000L);
        assertThat(delay.spread()).isEqualTo(Duration.ofMillis(100));
        assertThat(delay.mean()).isEqualTo(Duration.ofMillis(70));
    }

    @Test
    void hasAHeavyTailThatIsCutOff() {
        long[] drawn = LongStream.of(drawn(Delay.HEAVY_TAIL, 100_000)).sorted().toArray();
        assertThat(drawn[50_000] / 1e6).isBetween(4.8, 5.2);
        assertThat(drawn[99_000] / 1e6).isBetween(180.0, 220.0);
        assertThat(drawn[99_999]).isEqualTo(1_000_000_000);
        assertThat(Delay.HEAVY_TAIL.mean().toMillis()).isBetween(10L, 30L);
    }

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(drawn(Delay.HEAVY_TAIL, 100)).isEqualTo(drawn(Delay.HEAVY_TAIL, 100));
    }

    private static long[] drawn(Delay delay, int count) {
        Random random = new Random(42);
        return LongStream.generate(() -> delay.draw(random)).limit(count).toArray();
    }
}
