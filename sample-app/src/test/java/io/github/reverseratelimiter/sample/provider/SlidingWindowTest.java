package io.github.reverseratelimiter.sample.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SlidingWindow window = new SlidingWindow(RateLimit.of(2, Duration.ofSeconds(1)));

    @Test
    void acceptsTheLimitAndRefusesTheNext() {
        assertThat(window.arrive(0)).isEqualTo(new SlidingWindow.Verdict(true, 1, Duration.ZERO));
        assertThat(window.arrive(1)).isEqualTo(new SlidingWindow.Verdict(true, 0, Duration.ZERO));

        assertThat(window.arrive(2)).isEqualTo(new SlidingWindow.Verdict(false, 0, Duration.ofNanos(SECOND - 2)));
    }

    @Test
    void refusesUntilTheLastNanosecondOfTheWindow() {
        window.arrive(0);
        window.arrive(1);

        assertThat(window.arrive(SECOND - 1).accepted()).isFalse();
        assertThat(window.arrive(SECOND).accepted()).isTrue();
        assertThat(window.arrive(SECOND).accepted()).isFalse();
        assertThat(window.arrive(SECOND + 1).accepted()).isTrue();
    }

    @Test
    void doesNotCountWhatItRefused() {
        window.arrive(0);
        window.arrive(0);
        for (int i = 1; i < 1_000; i++) {
            window.arrive(i * SECOND / 1_000);
        }

        assertThat(window.arrive(SECOND).accepted()).isTrue();
    }

    @Test
    void startsAnywhereOnTheClock() {
        SlidingWindow late = new SlidingWindow(RateLimit.of(1, Duration.ofSeconds(1)));

        assertThat(late.arrive(Long.MAX_VALUE - 5).accepted()).isTrue();
        assertThat(late.arrive(Long.MAX_VALUE - 5 + SECOND - 1).accepted()).isFalse();
        assertThat(late.arrive(Long.MAX_VALUE - 5 + SECOND).accepted()).isTrue();
    }

    @Test
    void acceptsExactlyWhatTheDefinitionSays() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int limit = 1 + random.nextInt(5);
            int length = 1 + random.nextInt(50);
            SlidingWindow tested = new SlidingWindow(new RateLimit(limit, Duration.ofMillis(length)));
            List<Long> accepted = new ArrayList<>();
            long now = random.nextLong(1_000_000);
            for (int call = 0; call < 200; call++) {
                now += random.nextInt(4) * 500_000L * random.nextInt(length);
                long from = now - length * 1_000_000L;
                boolean expected = accepted.stream().filter(time -> time > from).count() < limit;

                assertThat(tested.arrive(now).accepted())
                        .as("seed %d, round %d, call %d", seed, round, call)
                        .isEqualTo(expected);

                if (expected) {
                    accepted.add(now);
                }
            }
        }
    }

    @Test
    void talliesTheTimeThatWholeLimitsTook() {
        window.arrive(10);
        window.arrive(20);
        window.arrive(30);
        window.arrive(SECOND + 10);
        window.arrive(SECOND + 20);
        window.arrive(3 * SECOND);

        assertThat(window.tally())
                .isEqualTo(new Tally(5, 1, 2, Duration.ofNanos(3 * SECOND - 10), Duration.ofNanos(20)));
    }

    @Test
    void talliesNothingBeforeTheFirstCall() {
        assertThat(window.tally()).isEqualTo(new Tally(0, 0, 0, Duration.ZERO, Duration.ofNanos(Long.MAX_VALUE)));
    }
}
