package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParkedTest {

    @Test
    void wakesEveryCaller() throws Exception {
        try (Gate gate = new Parked(Duration.ZERO);
                Crew crew = new Callers.Threads(8).hire()) {
            Crew.Tally tally = crew.work(gate, 1, Duration.ofMillis(50));
            assertThat(tally.calls()).isGreaterThanOrEqualTo(8);
            assertThat(tally.granted()).isEqualTo(tally.calls());
        }
    }

    @Test
    void wakesNobodyTooEarly() throws Exception {
        try (Gate gate = new Parked(Duration.ofMillis(5));
                Crew crew = new Callers.Threads(2).hire()) {
            Crew.Tally tally = crew.work(gate, 1, Duration.ofMillis(50));
            assertThat(tally.latency().percentile(0)).isGreaterThanOrEqualTo(4_950_000);
        }
    }
}
