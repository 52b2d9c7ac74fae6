package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listeners hear of calls in flight: each that they were told of as granted ends once. */
class CallsInFlightListenerTest {

    private static final CreditRequest ONE = CreditRequest.inFlight("acme", 1).limiter("stripe");

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final List<String> heard = new ArrayList<>();
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(new InMemoryCreditStore(time))
            .time(time, sleeper)
            .executor(Runnable::run)
            .listener(new RateLimiterListener() {
                @Override
                public void granted(CreditRequest request, Acquisition.Granted granted) {
                    heard.add("granted " + request.key().limiter());
                }

                @Override
                public void callEnded(CreditRequest request, Duration took, CallEnd end) {
                    heard.add(end + " " + request.key().limiter() + " " + took.toMillis());
                }

                @Override
                public void callGivenUp(CreditRequest request, Duration took) {
                    heard.add("given up " + request.key().limiter() + " " + took.toMinutes());
                }

                @Override
                public void leaseLost(String limiter) {
                    heard.add("lost " + limiter);
                }
            })
            .build();

    @Test
    void hearHowACallEndedAndHowLongItTook() {
        Acquisition.Granted call = granted(limiter.acquire(ONE));
        time.advance(Duration.ofMillis(7));

        limiter.complete(call, CallEnd.REFUSED);
        limiter.complete(call, CallEnd.ANSWERED);

        assertThat(heard).containsExactly("granted stripe", "REFUSED stripe 7");
    }

    /** Until then it has its place. */
    @Test
    void hearOfACallWhoseCallerGaveUpWhenItCannotBeOnItsWayAnyMore() {
        Acquisition.Granted call = granted(limiter.acquire(ONE));

        limiter.complete(call, CallEnd.UNKNOWN);
        assertThat(heard).containsExactly("granted stripe");
        sleeper.pass(Duration.ofSeconds(10));

        assertThat(heard).containsExactly("granted stripe", "UNKNOWN stripe 10000");
    }

    @Test
    void hearOfACallThatIsGivenBackAsOfOneThatHasEnded() {
        limiter.refund(granted(limiter.acquire(ONE))).join();

        assertThat(heard).containsExactly("granted stripe", "ANSWERED stripe 0");
    }

    @Test
    void hearOfACallThatNobodyEnds() {
        limiter.acquire(ONE);

        for (int minute = 0; minute < 11; minute++) {
            sleeper.pass(Duration.ofMinutes(1));
        }

        assertThat(heard).containsExactly("granted stripe", "given up stripe 10");
    }

    /** The instance stands still for longer than its lease lasts: the store has given the place to others meanwhile. */
    @Test
    void hearOnceOfALeaseThatIsLost() {
        limiter.acquire(ONE);

        time.advance(Duration.ofMinutes(2));
        sleeper.pass(Duration.ofMinutes(1));

        assertThat(heard).containsExactly("granted stripe", "lost stripe");
    }

    /** Whoever notices it first: here the next call, else the end of another one, or the renewal. */
    @Test
    void hearOnceOfALeaseThatTheNextCallFindsLost() {
        limiter.acquire(ONE);
        time.advance(Duration.ofMinutes(2));

        limiter.acquire(ONE);
        sleeper.pass(Duration.ofMinutes(1));

        assertThat(heard).containsExactlyInAnyOrder("granted stripe", "lost stripe", "granted stripe");
    }

    @Test
    void hearOnceOfALeaseThatTheEndOfAnotherCallFindsLost() {
        CreditRequest two = CreditRequest.inFlight("acme", 2).limiter("stripe");
        limiter.acquire(two);
        Acquisition.Granted ends = granted(limiter.acquire(two));
        time.advance(Duration.ofMinutes(2));

        limiter.complete(ends, CallEnd.ANSWERED);
        sleeper.pass(Duration.ofMinutes(1));

        assertThat(heard)
                .containsExactlyInAnyOrder("granted stripe", "granted stripe", "ANSWERED stripe 120000", "lost stripe");
    }

    @Test
    void hearNothingOfTheEndOfACallThatIsNotCounted() {
        CreditRequest request = CreditRequest.of("acme", RateLimit.of(1, Duration.ofSeconds(1)));

        limiter.complete(granted(limiter.acquire(request)), CallEnd.ANSWERED);

        assertThat(heard).containsExactly("granted ");
    }
}
