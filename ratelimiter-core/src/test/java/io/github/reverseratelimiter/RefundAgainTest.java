package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A refund that failed is tried again, as the same one; one that did not fail is not (FAULTS rows 3 and 5). */
class RefundAgainTest {

    private static final CreditRequest OTHER =
            CreditRequest.of("all", FIVE).limiter("github").margin(Duration.ZERO);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .storeTimeout(millis(20))
            .build();

    @Test
    void asksForTheSameRefundAgainAfterOneThatFailed() {
        Granted answer = granted(limiter.acquire(ONE));
        store.whenRefunded = refund -> away();
        assertThat(limiter.refund(answer)).isCompletedExceptionally();
        store.whenRefundedAgain = refund -> away();
        assertThat(limiter.refund(answer)).isCompletedExceptionally();
        store.whenRefundedAgain = refund -> ScriptedCreditStore.done(1);

        assertThat(limiter.refund(answer)).isCompletedWithValue(1);

        assertThat(store.refunds).hasSize(1);
        assertThat(store.refundsAgain).hasSize(2).allMatch(store.refundsOnce.get(0)::equals);
    }

    @Test
    void namesTheRequestThatWasGrantedAndTheTimeOfTheFirstTry() {
        long at = time.micros();
        Granted answer = granted(limiter.acquire(ONE.credits(2)));
        time.advance(millis(5));

        limiter.refund(answer);

        CreditStore.Refund refund = store.refundsOnce.get(0);
        assertThat(refund)
                .isEqualTo(new CreditStore.Refund(
                        2, at, refund.id(), store.request(0).id(), at + 5_005_000));
    }

    @Test
    void doesNothingAfterARefundThatCameBack() {
        Granted answer = granted(limiter.acquire(ONE));
        limiter.refund(answer);

        assertThat(limiter.refund(answer)).isCompletedWithValue(0);

        assertThat(store.refunds).hasSize(1);
        assertThat(store.refundsAgain).isEmpty();
    }

    @Test
    void doesNothingWhileARefundIsUnderWay() {
        Granted answer = granted(limiter.acquire(ONE));
        store.whenRefunded = refund -> new CompletableFuture<>();
        limiter.refund(answer);

        assertThat(limiter.refund(answer)).isCompletedWithValue(0);

        assertThat(store.refunds).hasSize(1);
        assertThat(store.refundsAgain).isEmpty();
    }

    @Test
    void waitsAgainForATripThatHasNoAnswerYet() {
        Granted answer = granted(limiter.acquire(ONE));
        CompletableFuture<Integer> trip = new CompletableFuture<>();
        store.whenRefunded = refund -> trip;
        CompletableFuture<Integer> first = limiter.refund(answer);
        sleeper.pass(millis(20));
        assertThat(first).failsWithin(SECOND);
        CompletableFuture<Integer> back = limiter.refund(answer);

        trip.complete(1);

        assertThat(back).succeedsWithin(SECOND).isEqualTo(1);
        assertThat(store.refundsAgain).isEmpty();
        assertThat(limiter.refund(answer)).isCompletedWithValue(0);
    }

    @Test
    void doesNothingAfterAnAnswerThatCameTooLateForTheCaller() {
        Granted answer = granted(limiter.acquire(ONE));
        CompletableFuture<Integer> late = new CompletableFuture<>();
        store.whenRefunded = refund -> late;
        CompletableFuture<Integer> first = limiter.refund(answer);
        sleeper.pass(millis(20));
        assertThat(first).failsWithin(SECOND);

        late.complete(1);

        assertThat(limiter.refund(answer)).isCompletedWithValue(0);
        assertThat(store.refundsAgain).isEmpty();
    }

    @Test
    void ofSeveralKeysTriesThoseAgainThatFailed() {
        Granted answer = granted(limiter.acquireAll(List.of(ONE.margin(Duration.ZERO), OTHER)));
        store.whenRefunded = refund -> refund.key().equals(ACME) ? ScriptedCreditStore.done(1) : away();
        assertThat(limiter.refund(answer)).isCompletedExceptionally();
        store.whenRefundedAgain = refund -> ScriptedCreditStore.done(1);

        assertThat(limiter.refund(answer)).isCompletedWithValue(1);

        assertThat(store.refunds).hasSize(2);
        assertThat(store.refundsAgain).containsExactly(store.refundsOnce.get(1));
    }

    @Test
    void aStoreThatCannotTellDoesNothingAgain() {
        CreditStore.Refund refund = new CreditStore.Refund(1, 1, 1, 1, 1);

        assertThat(new InMemoryCreditStore(time).refundAgain(ACME, refund)).isCompletedWithValue(0);
    }

    private static CompletableFuture<Integer> away() {
        return CompletableFuture.failedFuture(new CreditStoreException("away"));
    }
}
