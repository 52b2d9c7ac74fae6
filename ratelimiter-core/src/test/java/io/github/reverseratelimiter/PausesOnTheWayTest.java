package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.at;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Held;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.LossyCreditStore.Way;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Pauses, and replies that were decided before them and are heard of after them, or the other way round. In virtual time. */
class PausesOnTheWayTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper timers = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = on(store);

    private ReverseRateLimiter on(CreditStore counting) {
        return ReverseRateLimiter.builder(counting)
                .time(time, timers)
                .executor(Runnable::run)
                .build();
    }

    /** Somebody sleeps; then a reply from before a pause of our own is handled after it. */
    private CompletableFuture<Acquisition> sleepsWhileAPauseOvertakesAReply() {
        store.thenGrantsIn(Duration.ofSeconds(5));
        CompletableFuture<Acquisition> asleep = limiter.acquireAsync(within(Duration.ofSeconds(10)));
        store.then(call -> {
            time.advance(millis(1));
            Reply reply = store.taken(millis(300));
            limiter.pause(ACME, millis(200)).join();
            return ScriptedCreditStore.done(reply);
        });
        return asleep;
    }

    @Test
    void whoIsGrantedBeforeAPauseOfOurOwnSleepsForItThoughHeHearsOfItsEndFirst() {
        sleepsWhileAPauseOvertakesAReply();

        CompletableFuture<Acquisition> granted = limiter.acquireAsync(within(SECOND));

        timers.pass(millis(499));
        assertThat(granted).isNotDone();
        timers.pass(millis(1));
        assertThat(granted).isDone();
        assertThat(at(granted.join())).isEqualTo(time.micros());
    }

    @Test
    void whoSleepsDuringAPauseOfOurOwnSleepsForItOnce() {
        CompletableFuture<Acquisition> asleep = sleepsWhileAPauseOvertakesAReply();
        limiter.acquireAsync(within(SECOND));
        time.advance(millis(1));
        limiter.acquireAsync(ONE); // whose reply tells of the pause once more

        timers.pass(millis(5_197));
        assertThat(asleep).isNotDone();
        timers.pass(millis(1));
        assertThat(asleep).isDone();
    }

    /** The first who waits for a key; his grant is decided before the pause, and handled after the answer to that. */
    @Test
    void aPauseOfOurOwnIsNotForgottenThoughTheGrantBeforeItIsHandledAfterIt() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> waiter = limiter.acquireAsync(within(Duration.ofSeconds(10)));
        Reply granted = store.taken(SECOND);
        time.advance(millis(1));
        limiter.pause(ACME, Duration.ofSeconds(5)).join();
        reply.complete(granted);

        timers.pass(Duration.ofSeconds(4));

        assertThat(waiter).isNotDone();
    }

    /** He goes away before his grant is heard of; the pause after that has moved it, as we know, and it is given back for before. */
    @Test
    void whatIsGivenBackWhenItArrivesIsGivenBackForTheTimeToWhichAPauseOfOurOwnHasMovedIt() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> waiter = limiter.acquireAsync(within(Duration.ofSeconds(10)));
        Reply granted = store.taken(SECOND);
        waiter.cancel(false);
        time.advance(millis(1));
        limiter.pause(ACME, Duration.ofSeconds(5)).join();
        reply.complete(granted);

        assertThat(store.refunds)
                .extracting(ScriptedCreditStore.Refund::at)
                .containsExactly(granted.decisions().get(0).at() + 5_000_000);
    }

    /** The state is gone, and with it what a step back had added to the clock of the key. */
    @Test
    void aPauseOfOurOwnCountsThoughTheStateWasLostAfterAStepBack() {
        long adj = Duration.ofMinutes(1).toNanos() / 1_000; // the clock had been set back by that
        Reply plain = store.taken(SECOND);
        Decision at = plain.decisions().get(0);
        store.then(call -> ScriptedCreditStore.done(new Reply(
                plain.now() + adj,
                plain.now(),
                0,
                false,
                List.of(new Decision.Taken(at.at() + adj, 3, at.at() + adj)),
                OptionalLong.empty())));
        CompletableFuture<Acquisition> waiter = limiter.acquireAsync(within(Duration.ofSeconds(10)));
        time.advance(millis(1));
        store.whenPaused = duration -> ScriptedCreditStore.done(new Held(time.micros(), 5_000_000)); // flushed
        limiter.pause(ACME, Duration.ofSeconds(5)).join();

        timers.pass(Duration.ofSeconds(4));

        assertThat(waiter).isNotDone();
    }

    /** His time has come at the store before the pause, which moves nothing of his; he does not know that yet, and moves. */
    @Test
    void whoseTimeHasComeBeforeAPauseDoesNotGoAfterItAsIfItHadMovedHim() {
        InMemoryCreditStore counting = new InMemoryCreditStore(time);
        LossyCreditStore wire = new LossyCreditStore(counting);
        ReverseRateLimiter one = on(wire);
        ReverseRateLimiter other = on(counting);
        CreditRequest request =
                CreditRequest.of("acme", RateLimit.of(1, SECOND)).margin(millis(5));
        other.acquire(request);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(request.maxWait(Duration.ofSeconds(10)));
        List<Long> calls = new ArrayList<>();
        waiter.thenRun(() -> calls.add(time.nanoTime()));
        time.advance(
                millis(20)); // on its way back: granted for 1005 ms, which is 1025 ms at the latest as far as he knows
        wire.way(Way.OPEN);
        wire.answer();
        timers.pass(millis(990));
        one.pause(request.key(), Duration.ofSeconds(5)).join(); // at 1010 ms

        timers.pass(millis(5_001));
        assertThat(other.acquire(request)).isInstanceOf(Granted.class); // at 6011 ms
        calls.add(time.nanoTime());
        timers.pass(Duration.ofSeconds(10));

        assertThat(waiter).isDone();
        assertThat(Math.abs(calls.get(1) - calls.get(0))).isGreaterThanOrEqualTo(SECOND.toNanos());
    }

    /** Another instance has paused; when, is not known, and his time may have come before that or not. */
    @Test
    void whoMayHaveBeenMovedGivesBackAndAsksAgain() {
        store.thenGrantsIn(millis(100));
        CompletableFuture<Acquisition> waiter = limiter.acquireAsync(within(SECOND));
        long place = store.at(millis(100));
        time.advance(millis(101)); // he has not woken yet
        store.held = 200_000;
        limiter.acquireAsync(ONE); // whose reply tells of the pause

        timers.pass(Duration.ZERO);

        assertThat(store.refunds).containsExactly(new ScriptedCreditStore.Refund(ACME, 1, place));
        assertThat(store.calls).hasSize(3);
        assertThat(waiter).isCompletedWithValueMatching(Granted.class::isInstance);
    }
}
