package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.LossyCreditStore.Way;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Places in the line that pauses have moved: of calls that are counted until they end, of callers whose longest wait is over, or who do not know it. */
class MovedPlacesTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper timers = new ManualSleeper(time);
    private final long[] offset = {Duration.ofHours(1).toNanos()};
    private final InMemoryCreditStore store = new InMemoryCreditStore(() -> time.nanoTime() + offset[0]);
    private final LossyCreditStore wire = new LossyCreditStore(store);
    private final ReverseRateLimiter one = on(wire, timers);
    private final ReverseRateLimiter other = on(new LossyCreditStore(store), new ManualSleeper(time));
    private final CreditRequest counted =
            CreditRequest.of("acme", RateLimit.of(1, SECOND)).flow(Flow.FREE.maxInFlight(2));
    private final CreditRequest plain =
            CreditRequest.of("acme", RateLimit.of(1, SECOND)).margin(millis(5));

    private ReverseRateLimiter on(CreditStore counting, ManualSleeper sleeper) {
        return ReverseRateLimiter.builder(counting)
                .time(time, sleeper)
                .executor(Runnable::run)
                .build();
    }

    /** The other was granted a place for later, of which its caller has not heard. */
    private Granted aCallBesideACancelledOne() {
        Granted first = (Granted) one.acquire(counted);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(counted.maxWait(Duration.ofSeconds(10)));
        waiter.cancel(false);
        wire.way(Way.OPEN);
        wire.answer();
        return first;
    }

    /** Cancelled before the answer, which grants a later time: the lease keeps a call that nobody makes, and ends another for it. */
    @Test
    void aCancelledCallWithAPlaceEndsNoOther() {
        Granted first = aCallBesideACancelledOne();

        theLastingCallGoesOn(first);
    }

    @Test
    void aCancelledCallWithAPlaceKeepsNoLease() {
        Granted first = aCallBesideACancelledOne();
        one.complete(first, CallEnd.ANSWERED);
        timers.pass(Duration.ofMinutes(5));

        assertThat(wire.renewals()).isZero();
    }

    /** A pause has moved a counted call. */
    @Test
    void aCallThatAPauseHasMovedEndsNoOther() {
        Granted first = (Granted) one.acquire(counted);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(counted.maxWait(Duration.ofSeconds(10)));
        one.pause(counted.key(), Duration.ofSeconds(2)).join();
        timers.pass(Duration.ofSeconds(5));
        one.complete((Granted) waiter.join(), CallEnd.ANSWERED);
        theLastingCallGoesOn(first);
    }

    private void theLastingCallGoesOn(Granted first) {
        timers.pass(Duration.ofMinutes(9));
        assertThat(one.acquire(counted)).isInstanceOf(Granted.class); // lasts
        one.complete(first, CallEnd.ANSWERED);
        timers.pass(Duration.ofMinutes(2));
        assertThat(other.acquire(counted)).isInstanceOf(Granted.class);
        timers.pass(Duration.ofSeconds(2));
        assertThat(other.acquire(counted)).isInstanceOf(Denied.class);
    }

    /** Moved beyond his longest wait by a pause, and late by 50 ms: the store has 1 ms. */
    @Test
    void whomAPauseHasMovedBeyondHisLongestWaitIsAnsweredByTheStore() {
        ScriptedCreditStore scripted = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter = on(scripted, timers);
        scripted.thenGrantsIn(millis(900));
        CompletableFuture<Acquisition> waiter = limiter.acquireAsync(within(SECOND));
        limiter.pause(ACME, millis(500)).join();
        timers.pass(millis(1_390));
        time.advance(millis(60));
        CompletableFuture<Reply> reply = scripted.thenAnswersLater();
        timers.pass(millis(5));
        reply.complete(scripted.taken(Duration.ZERO));
        assertThat(waiter).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    /** In doubt, moved by the store: what goes back is not found there, and he is charged twice. */
    @Test
    void whoIsInDoubtGivesBackWhatHeHas() {
        other.acquire(plain);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(plain.maxWait(Duration.ofSeconds(10)));
        time.advance(millis(20));
        wire.way(Way.OPEN);
        wire.answer();
        timers.pass(millis(480));
        other.pause(plain.key(), millis(200)).join();
        timers.pass(millis(510));
        one.acquire(plain); // tells of the pause
        timers.pass(millis(300));

        assertThat(waiter).isDone();
    }

    /** A step back, a pause of our own, the state runs out, and then nobody who waits ever goes. */
    @Test
    void whoWaitsAfterAStateWithAStepBackHasRunOutGoes() {
        waitersGoAfterAPauseOf(one);
    }

    @Test
    void andSoIfAnotherInstanceHasPaused() {
        waitersGoAfterAPauseOf(other);
    }

    private void waitersGoAfterAPauseOf(ReverseRateLimiter pausing) {
        other.acquire(plain);
        offset[0] -= Duration.ofMinutes(1).toNanos();
        pausing.pause(plain.key(), millis(100)).join();
        timers.pass(Duration.ofSeconds(6));
        other.acquire(plain);
        List<CompletableFuture<Acquisition>> waiters = List.of(
                one.acquireAsync(plain.maxWait(Duration.ofSeconds(20))),
                one.acquireAsync(plain.maxWait(Duration.ofSeconds(20))),
                one.acquireAsync(plain.maxWait(Duration.ofSeconds(20))));
        timers.pass(Duration.ofSeconds(5));

        assertThat(waiters).allMatch(CompletableFuture::isDone);
    }
}
