package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FAULTS row 54: who asks a store that is away. */
class StoreWatchTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private final CreditStoreException cause = new CreditStoreException("refused");
    private final ManualTime time = new ManualTime();
    private final StoreWatch watch = new StoreWatch(time, TIMEOUT, new Deaf());

    @BeforeEach
    void goAway() {
        watch.failed(time.nanoTime(), cause);
        watch.failed(time.nanoTime(), cause);
    }

    private boolean asks() {
        return watch.away().isEmpty();
    }

    private void fails() {
        watch.failed(time.nanoTime(), cause);
    }

    /** A caller that calls again as soon as it has its answer, for so long: the probes, and the other calls. */
    private int[] loop(Duration lasts, Duration probeTakes, Duration otherTakes) {
        int[] calls = new int[2];
        long end = time.nanoTime() + lasts.toNanos();
        while (time.nanoTime() < end) {
            if (asks()) {
                calls[0]++;
                time.advance(probeTakes);
                fails();
            } else {
                calls[1]++;
                time.advance(otherTakes);
            }
        }
        return calls;
    }

    @Test
    void oneCallInAnIntervalAsks() {
        time.advance(StoreWatch.PROBE_INTERVAL.minusNanos(1));
        assertThat(asks()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(asks()).isTrue();
        assertThat(asks()).isFalse();
    }

    @Test
    void whoComesNextAsksAStoreThatMayBeBack() {
        assertThat(asks()).isFalse();
        watch.mayBeBack();
        assertThat(asks()).isTrue();
        assertThat(asks()).isFalse();
        fails();
        assertThat(asks()).isFalse();
        time.advance(StoreWatch.PROBE_INTERVAL);
        assertThat(asks()).isTrue();
    }

    /** A connection that is opened and lost again and again is no reason to ask more often. */
    @Test
    void thatTheStoreMayBeBackCountsOnceInAnInterval() {
        watch.mayBeBack();
        assertThat(asks()).isTrue();
        fails();
        watch.mayBeBack();
        assertThat(asks()).isFalse();
        time.advance(StoreWatch.PROBE_INTERVAL.minusNanos(1));
        watch.mayBeBack();
        assertThat(asks()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(asks()).isTrue();
        fails();
        watch.mayBeBack();
        assertThat(asks()).isTrue();
    }

    @Test
    void theIntervalBeginsWhenTheProbeHasFailed() {
        time.advance(StoreWatch.PROBE_INTERVAL);
        assertThat(asks()).isTrue();
        time.advance(TIMEOUT);
        assertThat(asks()).isFalse();
        fails();
        time.advance(StoreWatch.PROBE_INTERVAL.minusNanos(1));
        assertThat(asks()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(asks()).isTrue();
    }

    @Test
    void aCallerThatIsAloneIsNotTheProbeEachTime() {
        int[] calls = loop(Duration.ofSeconds(3), TIMEOUT, Duration.ofMillis(1));

        assertThat(calls[0]).as("probes").isEqualTo(6);
        assertThat(calls[1]).as("answered at once").isEqualTo(6 * 250);
    }

    @Test
    void aStoreThatRefusesAtOnceIsAskedFourTimesASecond() {
        int[] calls = loop(Duration.ofSeconds(10), Duration.ZERO, Duration.ofMillis(1));

        assertThat(calls[0]).as("probes").isBetween(39, 40);
    }

    /** Of its caller nothing is heard any more, since it was interrupted. */
    @Test
    void aProbeThatNeverEndsIsNotTheLast() {
        time.advance(StoreWatch.PROBE_INTERVAL);
        for (int i = 0; i < 8; i++) {
            assertThat(asks()).isTrue();
            time.advance(TIMEOUT.plus(StoreWatch.PROBE_INTERVAL).minusNanos(1));
            assertThat(asks()).isFalse();
            time.advance(Duration.ofNanos(1));
        }
    }

    /** On a busy machine its thread may not get on for as long as several probes last. */
    @Test
    void thatAProbeIsSlowToFailLetsNobodyElseAsk() {
        time.advance(StoreWatch.PROBE_INTERVAL);
        for (int i = 0; i < 8; i++) {
            assertThat(asks()).isTrue();
            assertThat(asks()).isFalse();
            time.advance(TIMEOUT.plus(StoreWatch.PROBE_INTERVAL));
        }
    }

    @Test
    void thatAProbeIsSlowToFailDelaysNoOther() {
        time.advance(StoreWatch.PROBE_INTERVAL);
        assertThat(asks()).isTrue();
        time.advance(TIMEOUT.plusMillis(100));
        fails();
        time.advance(StoreWatch.PROBE_INTERVAL.minusMillis(100));
        assertThat(asks()).isTrue();
    }

    @Test
    void afterAPauseAllAskUntilOneHasFailed() {
        time.advance(StoreWatch.PROBE_INTERVAL.plus(TIMEOUT).plusNanos(1));

        assertThat(asks()).isTrue();
        assertThat(asks()).isTrue();
        fails();
        assertThat(asks()).isFalse();
    }

    /** The probe was lost just before the return, the next one is as late as it may be, and is answered as late as it may be. */
    @Test
    void aSecondAfterTheReturnNobodyIsToldThatTheStoreIsAway() {
        time.advance(StoreWatch.PROBE_INTERVAL);
        assertThat(asks()).isTrue();
        long back = time.nanoTime();
        time.advance(TIMEOUT);
        fails();
        time.advance(StoreWatch.PROBE_INTERVAL.plus(TIMEOUT));
        long sent = time.nanoTime();
        assertThat(asks()).isTrue();
        time.advance(TIMEOUT);
        assertThat(asks()).isFalse();
        watch.answered(sent);

        assertThat(asks()).isTrue();
        assertThat(Duration.ofNanos(time.nanoTime() - back))
                .isEqualTo(StoreWatch.longestMistake(TIMEOUT))
                .isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    /** In half of the time there is somebody who waits for it, whatever the timeout is. */
    @ParameterizedTest
    @ValueSource(longs = {250, 500, 2_000})
    void aCallerThatIsAloneWaitsForHalfOfTheTimeAtMost(long timeoutMillis) {
        Duration timeout = Duration.ofMillis(timeoutMillis);
        StoreWatch slow = new StoreWatch(time, timeout, new Deaf());
        slow.failed(time.nanoTime(), cause);
        slow.failed(time.nanoTime(), cause);
        Duration waited = Duration.ZERO;
        Duration all = Duration.ZERO;
        while (all.compareTo(timeout.multipliedBy(10)) < 0) {
            boolean asks = slow.away().isEmpty();
            Duration took = asks ? timeout : Duration.ofMillis(1);
            waited = waited.plus(asks ? took : Duration.ZERO);
            all = all.plus(took);
            time.advance(took);
            if (asks) {
                slow.failed(time.nanoTime(), cause);
            }
        }

        assertThat(waited).isEqualTo(all.dividedBy(2));
    }
}
