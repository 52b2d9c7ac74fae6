package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** FAULTS row 6: a network that became slow, and a JVM that stands still again and again, are seen. */
class LateLogTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final List<CreditStoreException.Reason> reasons = new ArrayList<>();
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .listener(new RateLimiterListener() {
                @Override
                public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
                    reasons.add(cause.reason());
                }
            })
            .build();
    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    private List<String> warnings() {
        return log.records.stream()
                .filter(each -> each.getLevel().intValue() >= Level.WARNING.intValue())
                .map(each -> each.getLevel() + " " + each.getMessage())
                .toList();
    }

    private void quickTripsAndThenRepliesAfter(Duration back) {
        store.usually = call -> ScriptedCreditStore.done(store.taken(Duration.ZERO));
        for (int i = 0; i < 3; i++) {
            limiter.acquire(CreditRequest.of("other", FIVE));
        }
        store.usually = call -> {
            Reply reply = store.taken(Duration.ZERO);
            time.advance(back);
            return ScriptedCreditStore.done(reply);
        };
    }

    @Test
    void aCallThatWasLateInVainIsTold() {
        quickTripsAndThenRepliesAfter(millis(90));

        assertThat(limiter.acquire(ONE)).isInstanceOf(Denied.class);

        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith(
                        "WARNING Grants for limiter 'github' came later than the margin allows, 3 times for one call")
                .contains("1 call fared so")
                .doesNotContain("acme");
        assertThat(reasons).containsExactly(CreditStoreException.Reason.LATE);
    }

    @Test
    void soIsOneThatWasGrantedAfterMany() {
        quickTripsAndThenRepliesAfter(millis(40));

        assertThat(limiter.acquireAsync(within(SECOND))).isCompletedWithValueMatching(Granted.class::isInstance);

        assertThat(warnings()).singleElement().asString().contains("times for one call");
        assertThat(reasons).isEmpty();
    }

    @Test
    void thatIsOneLineAMinute() {
        for (int i = 0; i < 61; i++) {
            long begun = time.nanoTime();
            quickTripsAndThenRepliesAfter(millis(90));
            limiter.acquire(ONE);
            time.advance(SECOND.minusNanos(time.nanoTime() - begun));
        }

        assertThat(warnings()).hasSize(2).last().asString().contains("60 calls fared so");
    }

    @Test
    void anOrdinaryStallIsNotTold() {
        quickTripsAndThenRepliesAfter(Duration.ZERO);
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> time.advance(millis(30)));

        assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);

        assertThat(store.refunds).hasSize(1);
        assertThat(warnings()).isEmpty();
    }
}
