package io.github.reverseratelimiter.sample.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {

    @Test
    void sharesTheTimeThatWasNeededByTheTimeItTook() {
        Tally tally = new Tally(100, 0, 19, Duration.ofSeconds(20), Duration.ofSeconds(1));

        assertThat(tally.share(Duration.ofSeconds(1))).isCloseTo(0.95, within(1e-9));
    }

    @Test
    void hasNoShareBeforeTheFirstWindowIsOver() {
        assertThat(new Tally(3, 0, 0, Duration.ZERO, Duration.ZERO).share(Duration.ofSeconds(1)))
                .isZero();
    }

    @Test
    void sharesOutTheRefusedCalls() {
        assertThat(new Tally(3, 1, 0, Duration.ZERO, Duration.ZERO).calls()).isEqualTo(4);
        assertThat(new Tally(3, 1, 0, Duration.ZERO, Duration.ZERO).refusedShare())
                .isEqualTo(0.25);
        assertThat(new Tally(0, 0, 0, Duration.ZERO, Duration.ZERO).refusedShare())
                .isZero();
    }
}
