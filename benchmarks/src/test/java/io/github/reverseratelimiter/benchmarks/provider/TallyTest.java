package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void countsAShareInWholeLimitsOnly() {
        // bursts of 2 every 1.1 s, and one call more
        Tally tally = accepted(0, 0, 1_100, 1_100, 2_200, 2_200, 3_300);
        assertThat(tally.share(2, SECOND, Long.MAX_VALUE)).isCloseTo(1 / 1.1, within(1e-9));
        assertThat(tally.share(2, Duration.ofMillis(1_100), Long.MAX_VALUE)).isCloseTo(1, within(1e-9));
    }

    @Test
    void countsAShareUntilTheCallersWereToldToStop() {
        Tally tally = accepted(0, 500, 1_000, 9_000);
        assertThat(tally.share(2, SECOND, 1_000_000_000)).isCloseTo(1, within(1e-9));
    }

    @Test
    void hasNoShareBeforeTheFirstLimitIsOver() {
        assertThat(accepted(0, 1).share(2, SECOND, Long.MAX_VALUE)).isZero();
        assertThat(accepted().share(2, SECOND, Long.MAX_VALUE)).isZero();
    }

    @Test
    void tellsHowCloseCallsCameRefusedOnesIncluded() {
        Tally tally = new Tally(List.of(0L, 10L, 100L), List.of(0L, 10L, 60L, 100L));
        assertThat(tally.shortest(2)).isEqualTo(Duration.ofNanos(60));
        assertThat(tally.refused()).isEqualTo(1);
        assertThat(tally.refusedShare()).isEqualTo(0.25);
    }

    private static Tally accepted(long... millis) {
        List<Long> times =
                LongStream.of(millis).map(time -> time * 1_000_000).boxed().toList();
        return new Tally(times, times);
    }
}
