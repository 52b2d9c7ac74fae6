package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.BusiestWindow;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server's clock is set forward and back, and runs too fast and too slow, under callers who ask all the time (FAULTS
 * rows 23, 24, 25 and 27). Grants are judged by the true time, which the provider goes by.
 */
@ExtendWith(RedisServer.class)
class ClockStepIT {

    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final RateLimit FIVE = RateLimit.of(5, WINDOW);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration SPARE_LIFE = Duration.ofSeconds(5);

    private final CreditKey key = new CreditKey("stepped", "acme " + System.nanoTime());
    private final ManualTime time = new ManualTime();
    private final SteppedClock clock = new SteppedClock(time);
    private final long begin = time.micros();
    /** When credits were granted for, in true time. */
    private final List<Long> granted = new ArrayList<>();

    private final LettuceScriptExecutor executor;
    private final RedisCreditStore store;
    private long requests;

    ClockStepIT(RedisServer server) {
        executor = server.executor();
        store = new RedisCreditStore(executor, "step:", time, clock::micros);
    }

    @AfterEach
    void disconnect() {
        executor.close();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private Reply reply(Duration maxWait) {
        Request request = new Request(1, micros(maxWait), ++requests);
        return store.take(new Call(key, List.of(FIVE), Duration.ZERO, List.of(request), WINDOW))
                .toCompletableFuture()
                .join();
    }

    private Decision ask(Duration maxWait) {
        Reply reply = reply(maxWait);
        Decision decision = reply.decisions().get(0);
        if (decision instanceof Decision.Taken) {
            granted.add(time.micros() + decision.at() - reply.now());
        }
        return decision;
    }

    private void ask(int times, Duration maxWait) {
        for (int i = 0; i < times; i++) {
            assertThat(ask(maxWait)).isInstanceOf(Decision.Taken.class);
        }
    }

    /** Asks all the time, without waiting; returns the true time of the first grant. */
    private long askFor(Duration duration) {
        int before = granted.size();
        long end = time.micros() + micros(duration);
        while (time.micros() < end) {
            ask(Duration.ZERO);
            time.advance(Duration.ofMillis(20));
        }
        return granted.get(before);
    }

    private int mostInAWindow(long from) {
        return BusiestWindow.of(granted.stream().filter(at -> at >= from).toList(), micros(WINDOW));
    }

    private Duration lifetime() {
        return Duration.ofMillis(executor.commands().pttl(new RedisKeys("step:").name(key)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.8S", "PT1S", "PT1H"})
    void aStepForwardForgivesOneWindow(Duration step) {
        askFor(Duration.ofMillis(2_500));

        clock.ahead = step;
        askFor(Duration.ofSeconds(4));

        assertThat(mostInAWindow(begin)).isEqualTo(10);
        assertThat(mostInAWindow(begin + micros(Duration.ofMillis(2_600)))).isEqualTo(5);
    }

    @Test
    void theLineRunsBesideNewGrantsAfterAStepForwardUntilItIsUsedUp() {
        ask(5 + 15, PATIENCE);
        long endOfTheLine = Collections.max(granted);
        time.advance(Duration.ofMillis(100));

        clock.ahead = Duration.ofHours(1);
        askFor(Duration.ofSeconds(7));

        assertThat(endOfTheLine - begin).isEqualTo(micros(Duration.ofSeconds(3)));
        assertThat(mostInAWindow(begin)).isEqualTo(10);
        assertThat(mostInAWindow(endOfTheLine + 1)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "PT-0.8S", "PT-1H"})
    void aStepBackBlocksForOneWindowAndTheLineAtMost(Duration step) {
        ask(5 + 10, PATIENCE);
        long endOfTheLine = Collections.max(granted);
        time.advance(Duration.ofMillis(100));

        clock.ahead = step;
        long first = askFor(Duration.ofSeconds(6));

        assertThat(first - (begin + micros(Duration.ofMillis(100))))
                .isLessThanOrEqualTo(endOfTheLine - begin + micros(WINDOW) + micros(Duration.ofMillis(20)));
        assertThat(mostInAWindow(begin)).isEqualTo(5);
    }

    /** By that callers learn how far it is from theirs: it is the same for all keys. */
    @Test
    void aStepBackIsSeenInTheClockOfTheMachineAndNotInThatOfTheKey() {
        Reply before = reply(PATIENCE);

        clock.ahead = Duration.ofHours(-1);
        Reply after = reply(PATIENCE);

        assertThat(before.clock()).isEqualTo(before.now());
        assertThat(after.now()).isGreaterThanOrEqualTo(before.now());
        assertThat(after.clock()).isEqualTo(clock.micros());
    }

    @Test
    void eachOfSeveralStepsBackBlocksForOneWindowAtMost() {
        askFor(Duration.ofMillis(500));
        for (int i = 1; i <= 5; i++) {
            clock.ahead = Duration.ofMinutes(-30L * i);
            long stepped = time.micros();

            long first = askFor(Duration.ofMillis(1_500));

            assertThat(first - stepped).isLessThanOrEqualTo(micros(WINDOW) + micros(Duration.ofMillis(20)));
        }
        assertThat(mostInAWindow(begin)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void theStateLivesNoLongerForAStep(Duration step) {
        ask(5 + 5, PATIENCE);

        clock.ahead = step;
        ask(1, PATIENCE);

        assertThat(lifetime()).isBetween(WINDOW, WINDOW.multipliedBy(3).plus(SPARE_LIFE));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 2})
    void theRateIsOffByAsMuchAsTheClockIsAndNoMore(double factor) {
        clock.speed = factor;

        askFor(Duration.ofSeconds(20));

        assertThat(granted.size() / (20.0 * 5 * factor)).isBetween(0.9, 1.06 + 0.06 / factor);
        assertThat(mostInAWindow(begin)).isLessThanOrEqualTo((int) Math.ceil(factor) * 5);
    }
}
