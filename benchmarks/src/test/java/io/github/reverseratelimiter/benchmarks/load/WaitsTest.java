package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.benchmarks.load.Waits.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitsTest {

    @Test
    void sawNobodyOvertakenInALine() {
        assertThat(Waits.overtaking(List.of(waited(0, 1_000), waited(100, 1_020), waited(200, 1_040))))
                .isZero();
    }

    @Test
    void countsWhoWasGrantedBeforeOneThatAskedEarlier() {
        assertThat(Waits.overtaking(List.of(waited(0, 1_000), waited(100, 900), waited(200, 1_100), waited(300, 800))))
                .isEqualTo(0.5);
    }

    @Test
    void doesNotCountWhoAskedOrWasGrantedAtAboutTheSameTime() {
        assertThat(Waits.overtaking(List.of(waited(0, 1_000), waited(9, 500), waited(100, 991))))
                .isZero();
    }

    @Test
    void doesNotCountWhoAskedAfterTheOtherWasGranted() {
        assertThat(Waits.overtaking(List.of(waited(0, 1_000), waited(1_500, 1_600))))
                .isZero();
    }

    private static Wait waited(long asked, long granted) {
        return new Wait(
                Duration.ofMillis(asked).toNanos(), Duration.ofMillis(granted).toNanos());
    }
}
