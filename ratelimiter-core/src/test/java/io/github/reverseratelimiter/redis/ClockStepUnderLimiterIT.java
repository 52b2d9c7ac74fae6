package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A limiter whose Redis has its clock set: deadlines are wrong once, and who sleeps is not concerned (FAULTS rows 23 to 25
 * and 27).
 */
@ExtendWith(RedisServer.class)
class ClockStepUnderLimiterIT {

    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final int DEADLINE_AT = 8;

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final SteppedClock clock = new SteppedClock(time);
    /** How far ahead of the server's clock the deadline of each trip was, in microseconds; 0 where there was none. */
    private final List<Long> deadlines = new ArrayList<>();

    private final LettuceScriptExecutor real;
    private final ReverseRateLimiter limiter;
    private final CreditRequest request = CreditRequest.of(
                    "acme " + System.nanoTime(), RateLimit.of(5, Duration.ofSeconds(1)))
            .margin(Duration.ZERO);

    ClockStepUnderLimiterIT(RedisServer server) {
        real = server.executor();
        limiter = ReverseRateLimiter.builder(new RedisCreditStore(new Watched(), "step:", time, clock::micros))
                .time(time, sleeper)
                .storeTimeout(STORE_TIMEOUT)
                .build();
    }

    private final class Watched implements RedisScriptExecutor {

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            double deadline =
                    ByteBuffer.wrap(arguments[0]).order(ByteOrder.LITTLE_ENDIAN).getDouble(DEADLINE_AT);
            deadlines.add(deadline == 0 ? 0 : (long) deadline - clock.micros());
            return real.execute(script, keys, arguments);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @AfterEach
    void close() {
        limiter.close();
    }

    private Acquisition acquire() {
        return limiter.acquire(request);
    }

    private int trips() {
        int trips = deadlines.size();
        deadlines.clear();
        return trips;
    }

    @Test
    void afterAStepForwardACallIsAskedOnceMoreAndTheNextOneIsNot() {
        acquire();
        acquire();
        assertThat(trips()).isEqualTo(2);

        clock.ahead = Duration.ofHours(1);

        assertThat(acquire()).isInstanceOf(Granted.class);
        assertThat(trips()).isEqualTo(2);
        assertThat(acquire()).isInstanceOf(Granted.class);
        assertThat(trips()).isEqualTo(1);
    }

    @Test
    void afterAStepBackOneDeadlineIsTooLateAndTheNextOneIsNot() {
        acquire();
        clock.ahead = Duration.ofHours(-1);

        acquire();
        acquire();

        assertThat(deadlines).hasSize(3);
        assertThat(deadlines.get(1)).isGreaterThan(Duration.ofMinutes(59).toNanos() / 1_000);
        assertThat(deadlines.get(2)).isBetween(1L, STORE_TIMEOUT.toNanos() / 1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void whoSleepsWhileTheClockStepsGoesAtItsTime(Duration step) {
        for (int i = 0; i < 5; i++) {
            acquire();
        }
        trips();
        sleeper.duringTheNextSleep(() -> clock.ahead = step);

        Acquisition answer = limiter.acquire(request.maxWait(Duration.ofSeconds(2)));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Granted.class, granted -> assertThat(granted.waited()).isEqualTo(Duration.ofSeconds(1)));
        assertThat(trips()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void whoAsksToWaitAfterTheStepWaitsForOneWindowAtMost(Duration step) {
        for (int i = 0; i < 5; i++) {
            acquire();
        }
        clock.ahead = step;
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.acquire(request.maxWait(Duration.ofSeconds(2))))
                    .isInstanceOfSatisfying(
                            Granted.class,
                            granted -> assertThat(granted.waited()).isBetween(Duration.ZERO, Duration.ofSeconds(1)));
        }
    }

    @Test
    void aClockAtDoubleSpeedCostsAFurtherTripAfterARestAndNoCall() {
        clock.speed = 2;
        acquire();
        trips();
        time.advance(Duration.ofSeconds(10));

        assertThat(acquire()).isInstanceOf(Granted.class);

        assertThat(trips()).isEqualTo(2);
    }

    /** Each step forward is one that no deadline foresees; a step back asks nobody again. */
    @ParameterizedTest
    @ValueSource(strings = {"PT0.8S", "PT3S"})
    void aClockThatGoesBackAndForthCostsAFurtherTripForEachStepForwardAndNoCall(Duration step) {
        CreditRequest patient = request.maxWait(Duration.ofSeconds(2));
        for (int i = 0; i < 50; i++) {
            clock.ahead = i % 2 == 0 ? step.negated() : Duration.ZERO;
            time.advance(Duration.ofMillis(50));
            trips();

            assertThat(limiter.acquire(patient)).isInstanceOf(Granted.class);

            assertThat(trips()).as("trips after step %s", i).isLessThanOrEqualTo(1 + i % 2);
        }
    }
}
