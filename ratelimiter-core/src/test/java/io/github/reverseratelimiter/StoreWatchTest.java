package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FAULTS row 54: who asks a store that is away. */
class StoreWatchTest {

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private static final class Deaf implements StoreWatch.Observer {

        @Override
        public void wentAway(CreditStoreException cause) {
            // nobody wants to know
        }

        @Override
        public void cameBack(Duration away) {
            // nobody wants to know
        }

        @Override
        public void passOn() {
            // nobody wants to know
        }
    }

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

    @Test
    void oneCallInAnIntervalAsks() {
        time.advance(StoreWatch.PROBE_INTERVAL.minusNanos(1));
        assertThat(asks()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(asks()).isTrue();
        assertThat(asks()).isFalse();
    }

    /** On a busy machine its thread may not get on for as long as several probes last. */
    @Test
    void thatAProbeIsSlowToFailLetsNobodyElseAsk() {
        for (int i = 0; i < 8; i++) {
            time.advance(StoreWatch.PROBE_INTERVAL);
            assertThat(asks()).isTrue();
            assertThat(asks()).isFalse();
        }
    }

    @Test
    void afterAPauseAllAskUntilOneHasFailed() {
        time.advance(StoreWatch.PROBE_INTERVAL.plus(TIMEOUT).plusNanos(1));

        assertThat(asks()).isTrue();
        assertThat(asks()).isTrue();
        watch.failed(time.nanoTime(), cause);
        assertThat(asks()).isFalse();
    }
}
