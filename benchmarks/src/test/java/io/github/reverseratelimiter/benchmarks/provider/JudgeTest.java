package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final long MILLI = 1_000_000;
    private static final RateLimit TWO = RateLimit.of(2, Duration.ofSeconds(1));

    @Test
    void aSlidingWindowAcceptsTheNextCallAWholeWindowAfterTheFirst() {
        Judge judge = new SlidingWindow(TWO);
        assertThat(judge.arrive(0)).isZero();
        assertThat(judge.arrive(900 * MILLI)).isZero();
        assertThat(judge.arrive(1000 * MILLI - 1)).isEqualTo(1);
        assertThat(judge.arrive(1000 * MILLI)).isZero();
        assertThat(judge.arrive(1100 * MILLI)).isEqualTo(800 * MILLI);
    }

    @Test
    void aFixedWindowForgetsEverythingWhenTheWallClockSaysSo() {
        Judge judge = new FixedWindow(TWO, 300 * MILLI);
        assertThat(judge.arrive(600 * MILLI)).isZero();
        assertThat(judge.arrive(650 * MILLI)).isZero();
        assertThat(judge.arrive(690 * MILLI)).isEqualTo(10 * MILLI);
        assertThat(judge.arrive(700 * MILLI)).isZero();
        assertThat(judge.arrive(710 * MILLI)).isZero();
        assertThat(judge.arrive(720 * MILLI)).isEqualTo(980 * MILLI);
    }

    @Test
    void aTokenBucketIsFullAtFirstAndGainsEvenly() {
        Judge judge = new TokenBucket(TWO);
        assertThat(judge.arrive(7)).isZero();
        assertThat(judge.arrive(7)).isZero();
        assertThat(judge.arrive(100 * MILLI + 7)).isEqualTo(400 * MILLI);
        assertThat(judge.arrive(500 * MILLI + 7)).isZero();
        assertThat(judge.arrive(500 * MILLI + 7)).isEqualTo(500 * MILLI);
    }

    @Test
    void aTokenBucketHoldsNoMoreThanTheLimit() {
        Judge judge = new TokenBucket(TWO);
        assertThat(judge.arrive(0)).isZero();
        long later = Duration.ofDays(300).toNanos();
        assertThat(judge.arrive(later)).isZero();
        assertThat(judge.arrive(later)).isZero();
        assertThat(judge.arrive(later)).isPositive();
    }

    @Test
    void callsAtOnceAreAcceptedAgainAsCallsEnd() {
        Judge judge = new InFlight(TWO);
        assertThat(judge.arrive(0)).isZero();
        assertThat(judge.arrive(0)).isZero();
        assertThat(judge.arrive(5000 * MILLI)).isPositive();
        judge.end();
        assertThat(judge.arrive(5000 * MILLI)).isZero();
        assertThat(judge.arrive(5000 * MILLI)).isPositive();
    }
}
