package io.github.reverseratelimiter.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RemoteClockTest {

    private static final long AHEAD = 1_700_000_000_000_000L;

    private final ManualTime time = new ManualTime();
    private final RemoteClock clock = new RemoteClock(time);

    /** A trip whose reply shows the other clock, which is so many microseconds ahead, as it was in between. */
    private long trip(Duration there, Duration back, long ahead) {
        long sent = time.nanoTime();
        time.advance(there);
        long micros = ahead + time.nanoTime() / 1_000;
        time.advance(back);
        return clock.learn(sent, micros) - sent;
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(clock.micros(0)).isZero();
        assertThat(clock.micros(1_000_000)).isZero();
    }

    @Test
    void goesOnAsOurOwnClockDoes() {
        trip(Duration.ZERO, Duration.ZERO, AHEAD);
        time.advance(Duration.ofSeconds(3));

        assertThat(clock.micros(0)).isEqualTo(AHEAD + 3_000_000);
        assertThat(clock.micros(2_000_000)).isEqualTo(AHEAD + 3_002_000);
    }

    @Test
    void believesTheQuickestTrip() {
        trip(Duration.ofMillis(30), Duration.ofMillis(10), AHEAD);
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);
        trip(Duration.ofMillis(70), Duration.ZERO, AHEAD);

        assertThat(clock.micros(0)).isEqualTo(AHEAD + time.nanoTime() / 1_000);
    }

    @Test
    void ofATripOfWhichNothingElseIsKnownItSaysThatItsReplyMayHaveBeenNow() {
        assertThat(trip(Duration.ofMillis(30), Duration.ofMillis(10), AHEAD)).isEqualTo(nanos(Duration.ofMillis(40)));
    }

    @Test
    void ofASlowTripItSaysWhenTheOtherClockWasReadByWhatAQuickOneHasTold() {
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);

        assertThat(trip(Duration.ofMillis(10), Duration.ofMillis(90), AHEAD))
                .isBetween(nanos(Duration.ofMillis(10)), nanos(Duration.ofMillis(12)));
        assertThat(trip(Duration.ofMillis(90), Duration.ofMillis(10), AHEAD))
                .isBetween(nanos(Duration.ofMillis(90)), nanos(Duration.ofMillis(92)));
    }

    @Test
    void neverSaysTooEarlyAMomentHoweverLopsidedTheQuickTripWas() {
        trip(Duration.ofMillis(2), Duration.ZERO, AHEAD);
        assertThat(trip(Duration.ofMillis(10), Duration.ofMillis(90), AHEAD))
                .isGreaterThanOrEqualTo(nanos(Duration.ofMillis(10)));

        clock.forget();
        trip(Duration.ZERO, Duration.ofMillis(2), AHEAD);
        assertThat(trip(Duration.ofMillis(10), Duration.ofMillis(90), AHEAD))
                .isGreaterThanOrEqualTo(nanos(Duration.ofMillis(10)));
    }

    @Test
    void allowsForClocksThatPartWhileTheQuickTripIsRemembered() {
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);
        time.advance(Duration.ofSeconds(8));

        long latest = trip(Duration.ofMillis(10), Duration.ofMillis(90), AHEAD - 500);

        assertThat(latest).isBetween(nanos(Duration.ofMillis(10)), nanos(Duration.ofMillis(21)));
    }

    @Test
    void believesAQuickTripForAsLongAsItIsMoreCertainThanALaterOne() {
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);
        time.advance(Duration.ofSeconds(18));
        assertThat(trip(Duration.ofMillis(1), Duration.ofMillis(39), AHEAD)).isLessThan(nanos(Duration.ofMillis(22)));
        time.advance(Duration.ofSeconds(2));

        assertThat(trip(Duration.ofMillis(20), Duration.ofMillis(20), AHEAD)).isEqualTo(nanos(Duration.ofMillis(40)));
    }

    @Test
    void learnsAnewWhenTheOtherClockWasSet() {
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);

        long back = trip(Duration.ofMillis(20), Duration.ofMillis(20), AHEAD - 3_600_000_000L);
        assertThat(back).isEqualTo(nanos(Duration.ofMillis(40)));
        assertThat(clock.micros(0)).isEqualTo(AHEAD - 3_600_000_000L + time.nanoTime() / 1_000);

        long forth = trip(Duration.ofMillis(30), Duration.ofMillis(30), AHEAD);
        assertThat(forth).isEqualTo(nanos(Duration.ofMillis(60)));
        assertThat(clock.micros(0)).isEqualTo(AHEAD + time.nanoTime() / 1_000);
    }

    @Test
    void mayForget() {
        trip(Duration.ofMillis(1), Duration.ofMillis(1), AHEAD);

        clock.forget();

        assertThat(clock.micros(0)).isZero();
        assertThat(trip(Duration.ofMillis(20), Duration.ofMillis(20), AHEAD)).isEqualTo(nanos(Duration.ofMillis(40)));
    }

    /** Another thread has learnt meanwhile. */
    @Test
    void whatWasLearntLaterIsNoMoreCertainForWhoLookedEarlier() {
        long ms = 1_000_000;
        clock.learn(10_000 * ms, 10_002 * ms, 10_002_000);

        long latest = clock.learn(5_000 * ms, 5_010 * ms, 5_006_000);

        assertThat(latest).isGreaterThanOrEqualTo(5_006 * ms);
    }
}
