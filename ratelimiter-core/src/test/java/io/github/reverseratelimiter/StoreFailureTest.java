package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.denied;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.ScriptedCreditStore.Refund;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A store that is away, late, set up wrongly, or broken. */
class StoreFailureTest {

    private static final Denied UNAVAILABLE = new Denied(millis(20), Reason.STORE_UNAVAILABLE, 0);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .storeTimeout(millis(20))
            .build();

    @Test
    void aStoreThatIsAwayIsADenial() {
        store.thenFailsWith(new CreditStoreException("away"));
        store.then(call -> {
            throw new CreditStoreException("away");
        });

        assertThat(limiter.acquire(within(SECOND))).isEqualTo(UNAVAILABLE);
        assertThat(limiter.acquire(ONE)).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aStoreThatIsLateIsADenialAndItsReplyIsGivenBack() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();

        assertThat(limiter.acquire(within(SECOND))).isEqualTo(UNAVAILABLE);
        assertThat(store.refunds).isEmpty();
        reply.complete(store.taken(millis(300)));

        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, store.at(millis(300))));
    }

    @Test
    void aLateRefusalOrFailureIsNoMatter() {
        CompletableFuture<Reply> refusal = store.thenAnswersLater();
        CompletableFuture<Reply> failure = store.thenAnswersLater();
        limiter.acquire(ONE);
        limiter.acquire(ONE);

        refusal.complete(store.refused(SECOND));
        failure.completeExceptionally(new CreditStoreException("away"));

        assertThat(store.refunds).isEmpty();
    }

    @Test
    void retriesGoOnWhileTheStoreIsAway() {
        store.thenFailsWith(new CreditStoreException("away"));

        assertThat(limiter.acquire(ONE.retries(1))).isInstanceOf(Granted.class);

        assertThat(sleeper.naps()).containsExactly(millis(20));
    }

    @Test
    void aStoreThatCannotBeUsedIsAnException() {
        store.thenFailsWith(new CreditStoreMisconfiguredException("wrong password", new RuntimeException()));

        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquire(ONE.retries(3)))
                .withMessage("wrong password");

        assertThat(store.calls).hasSize(1);
    }

    @Test
    void aStoreThatCannotBeUsedIsAnExceptionAlsoWhereItThrowsAtOnce() {
        store.then(call -> {
            throw new CreditStoreMisconfiguredException("wrong password", new RuntimeException());
        });

        assertThatExceptionOfType(CreditStoreMisconfiguredException.class).isThrownBy(() -> limiter.acquire(ONE));
    }

    @Test
    void aBugInAStoreIsNotTakenForAStoreThatIsAway() {
        store.thenFailsWith(new IllegalArgumentException("a bug")).then(call -> {
            throw new IllegalArgumentException("a bug");
        });

        assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(ONE));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(ONE));
    }

    @Test
    void anErrorInAStoreKeepsItsCause() {
        StackOverflowError error = new StackOverflowError();
        store.then(call -> CompletableFuture.failedFuture(error));

        assertThatExceptionOfType(CreditStoreException.class)
                .isThrownBy(() -> limiter.acquire(ONE))
                .withCause(error);
    }

    @Test
    void aStoreThatDecidesNothingIsNamed() {
        store.then(call -> ScriptedCreditStore.done(new Reply(time.micros(), 0, false, List.of())));

        assertThatIllegalStateException()
                .isThrownBy(() -> limiter.acquire(ONE))
                .withMessageContaining("0 decisions for one request")
                .withMessageContaining(ScriptedCreditStore.class.getName());
    }

    @Test
    void anErrorInARefundKeepsNobodysPlace() {
        ReverseRateLimiter narrow = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .maxWaiters(1)
                .build();
        store.whenRefunded = refund -> {
            throw new NoClassDefFoundError("unloaded");
        };
        store.thenGrantsIn(SECOND).thenRefusesFor(SECOND);
        CompletableFuture<Acquisition> waiting = narrow.acquireAsync(within(SECOND));

        waiting.cancel(true);

        assertThat(denied(narrow.acquire(within(millis(500)))).reason()).isEqualTo(Reason.WAIT_TOO_LONG);
        assertThat(narrow.refund(granted(narrow.acquire(ONE)))).isCompletedExceptionally();
    }

    @Test
    void aRefundThatFailsDoesNotHideTheAnswer() {
        store.thenGrantsIn(millis(300));
        store.whenRefunded = refund -> {
            throw new IllegalStateException("closed");
        };
        sleeper.duringTheNextSleep(() -> time.advance(SECOND));

        assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);

        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aRefundOrAPauseThatFailsSaysSoInItsFuture() {
        Granted answer = granted(limiter.acquire(ONE));
        store.whenRefunded = refund -> {
            throw new CreditStoreException("away");
        };
        store.whenPaused = duration -> {
            throw new CreditStoreException("away");
        };

        assertThat(limiter.refund(answer)).isCompletedExceptionally();
        assertThat(limiter.pause(ACME, SECOND)).isCompletedExceptionally();
    }

    @Test
    void aStoreThatIsSilentAboutARefundOrAPauseHasItsTimeAndNoMore() {
        Granted answer = (Granted) limiter.acquire(ONE);
        store.whenRefunded = refund -> new CompletableFuture<>();
        store.whenPaused = duration -> new CompletableFuture<>();
        List<CompletableFuture<?>> told = List.of(limiter.refund(answer), limiter.pause(ACME, SECOND));

        sleeper.pass(millis(19));
        assertThat(told).noneMatch(CompletableFuture::isDone);
        sleeper.pass(millis(1));

        assertThat(told)
                .allSatisfy(future -> assertThatExceptionOfType(CompletionException.class)
                        .isThrownBy(future::join)
                        .havingCause()
                        .isInstanceOfSatisfying(
                                CreditStoreException.class,
                                timeout -> assertThat(timeout.reason()).isEqualTo(CreditStoreException.Reason.TIMEOUT))
                        .withMessageContaining("within 20ms, and may do so yet"));
    }

    @Test
    void aRefundOrAPauseThatIsAnsweredInTimeLeavesNoTimer() {
        Granted answer = (Granted) limiter.acquire(ONE);
        CompletableFuture<Integer> refund = new CompletableFuture<>();
        CompletableFuture<CreditStore.Held> pause = new CompletableFuture<>();
        store.whenRefunded = refunded -> refund;
        store.whenPaused = duration -> pause;
        CompletableFuture<Integer> back = limiter.refund(answer);
        CompletableFuture<Void> paused = limiter.pause(ACME, SECOND);

        refund.complete(1);
        pause.completeExceptionally(new CreditStoreException("away"));

        assertThat(back).succeedsWithin(SECOND).isEqualTo(1);
        assertThat(paused).failsWithin(SECOND).withThrowableThat().withStackTraceContaining("away");
        assertThat(sleeper.scheduled()).isZero();
    }

    @Test
    void whoWaitsForAPauseIsToldThatTheLimiterIsClosed() {
        store.whenPaused = duration -> new CompletableFuture<>();
        CompletableFuture<Void> paused = limiter.pause(ACME, SECOND);

        limiter.close();

        assertThat(paused)
                .failsWithin(SECOND)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessage("the limiter was closed before the store answered");
    }

    @Test
    void theLongestPauseIsPassedOn() {
        assertThat(limiter.pause(ACME, Waiting.MAX_WAIT)).isCompleted();
        assertThat(limiter.pause(ACME, Duration.ZERO)).isCompleted();
    }
}
