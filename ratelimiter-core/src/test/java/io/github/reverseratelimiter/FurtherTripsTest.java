package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FAULTS rows 6 and 7: what a further trip after late credits may take, and that the store is told so: no phantom credits. */
class FurtherTripsTest {

    private static final Duration TIMEOUT = millis(250);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final List<String> outages = new ArrayList<>();
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .storeTimeout(TIMEOUT)
            .listener(new RateLimiterListener() {
                @Override
                public void storeWentAway(CreditStoreException cause) {
                    outages.add(cause.getMessage());
                }
            })
            .build();

    /** By which the limiter knows how quick a reply can be; then one that is under way for so long. */
    private void quickTripsAndThenOneOf(Duration late) {
        for (int i = 0; i < 3; i++) {
            limiter.acquire(CreditRequest.of("other", FIVE));
        }
        store.calls.clear();
        store.together.clear();
        store.then(call -> {
            Reply reply = store.taken(Duration.ZERO);
            time.advance(late);
            return ScriptedCreditStore.done(reply);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 150, 240})
    void theStoreIsToldToChargeNothingOnceNobodyWaitsForIt(long late) {
        quickTripsAndThenOneOf(millis(late));
        store.thenAnswersLater();
        Duration left = millis(Math.max(25, 250 - late));

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(ONE);

        assertThat(store.calls).extracting(Call::timeout).containsExactly(TIMEOUT, left);
        sleeper.pass(left.minusNanos(1));
        assertThat(answer).isNotDone();
        sleeper.pass(Duration.ofNanos(1));
        assertThat(answer).isCompletedWithValue(new Denied(TIMEOUT, Reason.STORE_UNAVAILABLE, 0));
    }

    @Test
    void aBlockedCallerTellsItTheSame() {
        quickTripsAndThenOneOf(millis(100));

        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);

        assertThat(store.calls).extracting(Call::timeout).containsExactly(TIMEOUT, millis(150));
    }

    @Test
    void soDoesWhoAsksForSeveralKeys() {
        quickTripsAndThenOneOf(millis(100));

        limiter.acquireAll(List.of(ONE, CreditRequest.of("other", FIVE)));

        assertThat(store.together.get(1)).extracting(Call::timeout).containsExactly(millis(150), millis(150));
    }

    @Test
    void soDoesWhoseCallIsCountedInFlight() {
        quickTripsAndThenOneOf(millis(100));

        limiter.acquireAsync(ONE.flow(Flow.FREE.maxInFlight(3)));

        assertThat(store.calls).extracting(Call::timeout).containsExactly(TIMEOUT, millis(150));
    }

    @Test
    void whoHasTimeToWaitGivesTheStoreAllOfItsTime() {
        quickTripsAndThenOneOf(millis(100));

        limiter.acquire(within(SECOND));

        assertThat(store.calls).extracting(Call::timeout).containsExactly(TIMEOUT, TIMEOUT);
    }

    @Test
    void soDoesWhoStoodStill() {
        quickTripsAndThenOneOf(SECOND);

        limiter.acquire(ONE);

        assertThat(store.calls).extracting(Call::timeout).containsExactly(TIMEOUT, TIMEOUT);
    }

    /** As a store does that got to it later than it was told. */
    @Test
    void aStoreThatSaysItselfThatItHadTooLittleTimeHasNotFailed() {
        for (int i = 0; i < 3; i++) {
            quickTripsAndThenOneOf(millis(100));
            store.thenFailsWith(new CreditStoreException(CreditStoreException.Reason.TIMEOUT, "nothing was charged"));

            assertThat(limiter.acquire(ONE)).isEqualTo(new Denied(TIMEOUT, Reason.STORE_UNAVAILABLE, 0));
        }

        assertThat(outages).isEmpty();
    }
}
