package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EffortTest {

    @Test
    void measuresWaitsThreeTimesAtLeast() {
        assertThat(Effort.SHORT.waits()).isEqualTo(3);
        assertThat(new Effort(20, Duration.ZERO, Duration.ZERO).waits()).isEqualTo(5);
    }
}
