package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.25S, 250ms",
        "PT1S, 1s",
        "PT1M, 1m",
        "PT90S, 90s",
        "PT1H, 1h",
        "PT24H, 1d",
        "PT36H, 36h",
        "PT7.4S, 7.4s",
        "PT61.5S, 61.5s",
        "PT0.0000001S, 0.0001ms",
        "PT0.000000001S, 0.000001ms",
        "PT0.999999999S, 999.999999ms",
        "PT1.000000001S, 1.001s",
        "PT-0.25S, -250ms",
        "PT-1M, -1m",
        "P10000D, 10000d",
        "P10001D, PT240024H"
    })
    void readAsWrittenInAConfiguration(Duration duration, String text) {
        assertThat(Durations.text(duration)).isEqualTo(text);
    }

    @Test
    void theLongestAndTheShortestHaveATextToo() {
        assertThat(Durations.text(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
                .isEqualTo("PT2562047788015215H30M7.999999999S");
        assertThat(Durations.text(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo("PT-2562047788015215H-30M-8S");
    }

    @Test
    void fractionsOfAMicrosecondAreRoundedUp() {
        assertThat(Durations.microsUp(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(Durations.microsUp(Duration.ofNanos(1_000))).isEqualTo(1);
        assertThat(Durations.microsUp(Duration.ofNanos(1_000_001))).isEqualTo(1_001);
        assertThat(Durations.microsUp(RateLimit.MAX_WINDOW)).isEqualTo(31_622_400_000_000L);
    }

    @Test
    void whatDoesNotFitIntoNanosecondsIsTheMostThatDoes() {
        assertThat(Durations.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Durations.nanos(Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Durations.nanos(Duration.ofMillis(7))).isEqualTo(7_000_000);
    }

    @Test
    void microsecondsAreReadBack() {
        assertThat(Durations.ofMicros(1_500_000)).isEqualTo(Duration.ofMillis(1_500));
        assertThat(Durations.ofMicros(Long.MAX_VALUE)).isPositive();
    }
}
