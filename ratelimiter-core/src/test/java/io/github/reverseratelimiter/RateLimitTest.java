package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    @Test
    void readsAsPeopleSayIt() {
        assertThat(RateLimit.of(100, Duration.ofMinutes(1))).hasToString("100 per 1m");
    }

    @Test
    void theBordersBelongToIt() {
        assertThat(RateLimit.of(1, RateLimit.MIN_WINDOW).windowMicros()).isEqualTo(1_000);
        assertThat(RateLimit.of(Integer.MAX_VALUE, RateLimit.MAX_WINDOW).limit())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void theLongestWindowStaysFarBelowWhatLuaCanCount() {
        long begin = 1_800_000_000_000_000L;

        long end = begin + 4 * RateLimit.of(1, RateLimit.MAX_WINDOW).windowMicros();

        assertThat(end).isLessThan(1L << 53);
    }

    @Test
    void aFractionOfAMicrosecondMakesTheWindowLonger() {
        assertThat(RateLimit.of(1, Duration.ofNanos(1_000_001)).windowMicros()).isEqualTo(1_001);
    }
}
