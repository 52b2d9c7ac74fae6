package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.LeaseUse;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Issue 4, time: who has to ask again, since the lease of calls in flight was lost, or it came too late for its place in the queue or for
 * its credits, has an answer within the store's time all the same. In virtual time; trips of 240 ms where 250 are given.
 */
class TimeLeftTest {

    private static final Duration THERE = millis(240);
    private static final CreditRequest CAPPED = CreditRequest.of("acme", FIVE).flow(Flow.FREE.maxInFlight(3));

    private final ManualTime time = new ManualTime();
    private final ManualSleeper timers = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final List<CreditStoreException> failures = new ArrayList<>();
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, timers)
            .executor(Runnable::run)
            .storeTimeout(millis(250))
            .listener(new RateLimiterListener() {
                @Override
                public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
                    failures.add(cause);
                }
            })
            .build();

    private CompletionStage<Reply> after(Duration there, Supplier<Reply> reply) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        timers.schedule(() -> answer.complete(reply.get()), there.toNanos(), Runnable::run);
        return answer;
    }

    private Reply now(Function<Long, Decision> decision) {
        return store.taken(Duration.ZERO).with(List.of(decision.apply(time.micros())));
    }

    /** One call is in flight; but the store has lost the lease. */
    private void theLeaseIsLost() {
        limiter.acquireAsync(CAPPED).join();
        store.usually = call -> after(THERE, () -> goesOn(call) ? lost() : store.taken(Duration.ZERO));
    }

    private Reply lost() {
        return now(at -> new Decision.Lost(at, 0, at));
    }

    private CompletionStage<Reply> lateBy(Duration back) {
        Reply reply = store.taken(Duration.ZERO);
        return after(back, () -> reply);
    }

    private static boolean goesOn(Call call) {
        return call.flight().orElseThrow().use() == LeaseUse.GO_ON;
    }

    private void isUnavailable(CompletableFuture<Acquisition> answer, String why) {
        assertThat(answer)
                .isCompletedWithValueMatching(
                        denied -> denied instanceof Denied because && because.reason() == Reason.STORE_UNAVAILABLE);
        assertThat(failures)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasMessageContaining(why));
    }

    private void passUntilItHasHadItsTime(CompletableFuture<Acquisition> answer) {
        timers.pass(millis(264));
        assertThat(answer).isNotDone();
        timers.pass(millis(1));
    }

    @Test
    void whoDoesNotWaitHasWhatIsLeftWhereItsLeaseIsLost() {
        theLeaseIsLost();

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED);

        passUntilItHasHadItsTime(answer);
        isUnavailable(answer, "has lost the lease");
    }

    @Test
    void whoHasTimeToWaitHasTheStoresTimeAgainWhereItsLeaseIsLost() {
        theLeaseIsLost();

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED.maxWait(millis(400)));
        timers.pass(THERE.multipliedBy(2));

        assertThat(answer).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void whoStoodStillHasTheStoresTimeAgainWhereItsLeaseIsLost() {
        theLeaseIsLost();

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED);
        time.advance(millis(600)); // and no timer runs
        timers.pass(Duration.ZERO);

        assertThat(store.calls.get(store.calls.size() - 1).timeout()).isEqualTo(millis(250));
        assertThat(answer).isNotDone();
    }

    @Test
    void whoseTimerIsLateByALittleHasNotStoodStill() {
        limiter.acquireAsync(CreditRequest.of("other", FIVE)).join(); // so it knows the store's clock
        store.then(call -> {
            Reply reply = store.taken(Duration.ZERO);
            time.advance(millis(260));
            return ScriptedCreditStore.done(reply);
        });

        limiter.acquireAsync(CreditRequest.of("acme", FIVE)).join();

        assertThat(store.calls.get(2).timeout()).isEqualTo(millis(15));
    }

    @Test
    void whoIsToldOfAPlaceWhenItIsTooLateToWaitHasWhatIsLeft() {
        store.usually = call -> after(THERE, () -> now(at -> new Decision.Queued(at, 0, at)));

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED.maxWait(millis(10)));

        passUntilItHasHadItsTime(answer);
        isUnavailable(answer, "asked once more");
    }

    @Test
    void whoComesTooLateForItsCallAsksUnderALeaseThatTheStoreMayBegin() {
        limiter.acquireAsync(CreditRequest.of("other", FIVE)).join(); // so it knows the store's clock
        store.whenNotMade = call -> new CompletableFuture<>();
        store.then(call -> {
            Reply reply = store.taken(Duration.ZERO);
            time.advance(millis(100));
            return ScriptedCreditStore.done(reply);
        });

        limiter.acquireAsync(CAPPED).join();

        assertThat(store.calls).hasSize(3);
        assertThat(goesOn(store.calls.get(2))).isFalse();
    }

    /** What a lost lease has cost is not known to Lateness, so a late grant after it has nearly all the time anew. */
    @Test
    void aLostLeaseAndThenALateGrantTakeNoLongerThanTheStoreMay() {
        limiter.acquireAsync(CreditRequest.of("other", FIVE)).join(); // it knows the store's clock
        store.then(call -> after(THERE, this::lost))
                .then(call -> lateBy(millis(24)))
                .then(call -> after(millis(220), () -> store.taken(Duration.ZERO)));

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED);
        timers.pass(millis(300));

        assertThat(answer).isDone();
    }

    /** Each loss has 25 ms more. */
    @Test
    void leasesLostInARowTakeNoLongerThanTheStoreMay() {
        store.then(call -> after(THERE, this::lost));
        store.usually = call -> after(millis(24), this::lost);

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED);
        timers.pass(millis(300));

        assertThat(answer).isDone();
    }

    /** He was told of his place in time; a timer was late by a millisecond, and then the store did not answer at all. */
    @Test
    void whoIsNotAnsweredAtTheEndOfHisWaitIsToldThatTheStoreDidNotAnswer() {
        store.then(call -> ScriptedCreditStore.done(now(at -> new Decision.Queued(at, 0, at))));
        store.usually = call -> new CompletableFuture<>();

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED.maxWait(millis(50)));
        timers.pass(millis(49));
        time.advance(millis(2)); // as ever, the timer is a little late
        timers.pass(millis(300));

        assertThat(answer).isDone();
        assertThat(failures)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasMessageContaining("did not answer within"));
    }

    /** The same after a lease that was lost at once: nothing of the time was spent. */
    @Test
    void whoIsNotAnsweredAfterALossIsToldThatTheStoreDidNotAnswer() {
        store.then(call -> after(millis(1), this::lost));
        store.usually = call -> new CompletableFuture<>();

        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CAPPED);
        timers.pass(millis(300));

        assertThat(answer).isDone();
        assertThat(failures)
                .singleElement()
                .satisfies(cause -> assertThat(cause.reason()).isEqualTo(CreditStoreException.Reason.TIMEOUT));
    }
}
