package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.denied;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.ScriptedCreditStore.Refund;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several requests in one call: those of one key are one take, those of different keys are granted all or none. */
class SeveralRequestsTest {

    private static final RateLimit HUNDRED = RateLimit.of(100, Duration.ofMinutes(1));
    private static final CreditKey ALL = new CreditKey("github", "all");
    private static final CreditRequest GLOBAL =
            CreditRequest.of("all", HUNDRED).limiter("github").margin(Duration.ZERO);
    private static final CreditRequest ACCOUNT = ONE.margin(Duration.ZERO);
    private static final List<CreditRequest> BOTH = List.of(ACCOUNT, GLOBAL);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .storeTimeout(millis(50))
            .maxWaiters(1)
            .build();
    private final ReverseRateLimiter counting = ReverseRateLimiter.builder(new InMemoryCreditStore(time))
            .time(time, sleeper)
            .build();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private static List<CreditRequest> both(Duration maxWait) {
        return List.of(ACCOUNT.maxWait(maxWait), GLOBAL.maxWait(maxWait));
    }

    @Test
    void foreignDataUnderOneOfTheKeysIsToldWithTheirLimitersAndNotTheKeys() {
        CreditStoreMisconfiguredException foreign =
                new CreditStoreMisconfiguredException(CreditStoreException.Reason.FOREIGN_KEY, "WRONGTYPE");
        store.thenFailsWith(foreign).thenFailsWith(foreign).thenFailsWith(foreign);
        CreditRequest nameless = CreditRequest.of("secret", FIVE);

        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquireAll(BOTH))
                .withMessage("WRONGTYPE (limiter 'github')");
        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquireAll(List.of(ACCOUNT, nameless.limiter("stripe"))))
                .withMessage("WRONGTYPE (limiters 'github', 'stripe')");
        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquire(nameless))
                .withMessage("WRONGTYPE");
    }

    // ---- one key

    @Test
    void requestsOfOneKeyAreOneTakeOfAllTheirWindows() {
        limiter.acquireAll(List.of(
                CreditRequest.of("acme", FIVE, HUNDRED).limiter("github").margin(millis(5)),
                CreditRequest.of("acme", RateLimit.of(3, SECOND), RateLimit.of(9, millis(500)))
                        .limiter("github")
                        .margin(millis(20))));

        assertThat(store.calls).hasSize(1);
        assertThat(store.together).isEmpty();
        Call call = store.calls.get(0);
        assertThat(call.key()).isEqualTo(ACME);
        assertThat(call.limits())
                .containsExactlyInAnyOrder(RateLimit.of(9, millis(500)), RateLimit.of(3, SECOND), HUNDRED);
        assertThat(call.margin()).isEqualTo(millis(20));
    }

    @Test
    void theMarginOfOneKeyFitsAllItsWindows() {
        CreditRequest small = CreditRequest.of("acme", RateLimit.of(2, millis(10)));
        CreditRequest large = CreditRequest.of("acme", HUNDRED);

        limiter.acquireAll(List.of(small, large));

        assertThat(store.calls.get(0).margin()).isEqualTo(millis(10));
    }

    @Test
    void requestsOfOneKeyWaitInLine() {
        store.thenGrantsIn(millis(700));

        Granted answer = granted(limiter.acquireAll(List.of(
                ONE.maxWait(SECOND),
                CreditRequest.of("acme", HUNDRED).limiter("github").maxWait(SECOND))));

        assertThat(answer.waited()).isEqualTo(millis(700));
        assertThat(store.calls).hasSize(1);
    }

    @Test
    void requestsOfOneKeyMustAskForTheSameCredits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAll(List.of(ONE, ONE.credits(2))))
                .withMessage("requests of one key must ask for the same credits but ask for 1 and 2 (limiter 'github'):"
                        + " a call costs the same in each of its windows; give one number, or different keys");
    }

    @Test
    void oneKeyHasAsManyWindowsAsEver() {
        List<CreditRequest> many = IntStream.rangeClosed(1, 17)
                .mapToObj(i -> CreditRequest.of("acme", RateLimit.of(5, Duration.ofSeconds(i))))
                .toList();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAll(many))
                .withMessageContaining("at most 16 limits");
    }

    // ---- bad input

    @Test
    void allMustWaitAlike() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAllAsync(List.of(ACCOUNT.maxWait(SECOND), GLOBAL)))
                .withMessage("requests that are made together must wait alike but one waits with maxWait 1s"
                        + " (limiter 'github') and another with none (limiter 'github'): give all of them the same"
                        + " waiting");
    }

    @Test
    void noneAndTooManyAreRefused() {
        List<CreditRequest> many = IntStream.range(0, 17)
                .mapToObj(i -> CreditRequest.of("key-" + i, FIVE))
                .toList();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAll(List.of()))
                .withMessageStartingWith("at least one request is needed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAll(nothing()))
                .withMessageStartingWith("requests must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquireAll(many))
                .withMessage("at most 16 keys can be asked for together but there are 17: ask for fewer at once");
        assertThat(store.calls).isEmpty();
    }

    // ---- different keys

    @Test
    void differentKeysAreOneTrip() {
        limiter.acquireAll(BOTH);

        assertThat(store.together).hasSize(1);
        assertThat(store.together.get(0)).extracting(Call::key).containsExactly(ACME, ALL);
        assertThat(store.together.get(0).stream()
                        .map(call -> call.requests().get(0).id())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aGrantTellsTheFewestThatRemain() {
        assertThat(counting.acquireAll(BOTH).remaining()).isEqualTo(4);
        assertThat(counting.acquireAll(List.of(GLOBAL, ACCOUNT)).remaining()).isEqualTo(3);
    }

    @Test
    void aDenialNamesTheFirstRequestOfTheKeyThatIsFreeLast() {
        counting.acquire(GLOBAL.credits(100));
        time.advance(millis(100));
        counting.acquire(ACCOUNT.credits(5));

        Denied answer = denied(counting.acquireAll(List.of(
                ACCOUNT,
                ACCOUNT.margin(millis(5)),
                GLOBAL,
                CreditRequest.of("all", FIVE).limiter("github"))));

        assertThat(answer.request()).isEqualTo(2);
        assertThat(answer.retryAfter()).as("with the larger margin of the two").isEqualTo(millis(59_925));
    }

    @Test
    void aDenialTakesNothing() {
        counting.acquire(ACCOUNT.credits(5));

        assertThat(denied(counting.acquireAll(BOTH))).isEqualTo(new Denied(SECOND, Reason.EXHAUSTED, 0, 0));

        assertThat(counting.acquire(GLOBAL.credits(100))).isInstanceOf(Granted.class);
    }

    @Test
    void aRefundGivesBackAllOfThem() {
        Granted answer = granted(counting.acquireAll(List.of(ACCOUNT.credits(5), GLOBAL.credits(7))));

        assertThat(counting.refund(answer).join()).isEqualTo(12);
        assertThat(counting.refund(answer).join()).isZero();

        assertThat(counting.acquire(ACCOUNT.credits(5))).isInstanceOf(Granted.class);
        assertThat(counting.acquire(GLOBAL.credits(100))).isInstanceOf(Granted.class);
    }

    @Test
    void whoMayWaitAsksAgainWhenTheAnswerSaid() {
        counting.acquire(ACCOUNT.credits(5));

        Granted answer = granted(counting.acquireAll(both(Duration.ofSeconds(2))));

        assertThat(sleeper.naps()).containsExactly(SECOND);
        assertThat(answer.waited()).isEqualTo(SECOND);
    }

    @Test
    void whoMayWaitAsksAgainWithoutAThreadToo() {
        counting.acquire(ACCOUNT.credits(5));

        CompletableFuture<Acquisition> answer = counting.acquireAllAsync(both(Duration.ofSeconds(2)));
        assertThat(answer).isNotDone();
        sleeper.pass(SECOND);

        assertThat(answer)
                .succeedsWithin(SECOND)
                .isInstanceOfSatisfying(
                        Granted.class, granted -> assertThat(granted.waited()).isEqualTo(SECOND));
    }

    @Test
    void asksAgainAsOftenAsThereIsTimeForIt() {
        store.thenRefusesFor(millis(400)).thenRefusesFor(millis(400)).thenRefusesFor(millis(400));

        Denied answer = denied(limiter.acquireAll(both(SECOND)));

        assertThat(sleeper.naps()).containsExactly(millis(400), millis(400));
        assertThat(answer).isEqualTo(new Denied(millis(400), Reason.WAIT_TOO_LONG, 0));
        assertThat(store.together)
                .allSatisfy(calls -> assertThat(calls)
                        .allSatisfy(call ->
                                assertThat(call.requests().get(0).maxWait()).isZero()));
    }

    @Test
    void whoCannotWaitLongEnoughIsDeniedAtOnce() {
        counting.acquire(ACCOUNT.credits(5));

        Denied answer = denied(counting.acquireAll(both(millis(999))));

        assertThat(answer).isEqualTo(new Denied(SECOND, Reason.WAIT_TOO_LONG, 0));
        assertThat(sleeper.naps()).isEmpty();
    }

    @Test
    void aWaiterHoldsNoPlaceInAnyLine() {
        counting.acquire(GLOBAL.credits(100));
        sleeper.duringTheNextSleep(
                () -> assertThat(counting.acquire(ACCOUNT.credits(5))).isInstanceOf(Granted.class));

        assertThat(counting.acquireAll(both(Duration.ofMinutes(2)))).isInstanceOf(Granted.class);
    }

    @Test
    void aPausedKeyDeniesAsPaused() {
        counting.pause(ALL, Duration.ofSeconds(10)).join();

        assertThat(counting.acquireAll(BOTH)).isEqualTo(new Denied(Duration.ofSeconds(10), Reason.PAUSED, 100, 1));
    }

    @Test
    void aWaiterWhoIsInterruptedHasTakenNothing() {
        counting.acquire(ACCOUNT.credits(5));
        sleeper.duringTheNextSleep(Thread.currentThread()::interrupt);

        assertThatExceptionOfType(AcquireInterruptedException.class)
                .isThrownBy(() -> counting.acquireAll(both(Duration.ofSeconds(2))));

        Thread.interrupted();
        assertThat(counting.acquire(GLOBAL.credits(100))).isInstanceOf(Granted.class);
    }

    @Test
    void aReplyThatComesAfterItsCallerHasGoneGivesBackBoth() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> caller = limiter.acquireAllAsync(BOTH);
        caller.cancel(false);

        reply.complete(store.taken(Duration.ZERO));

        assertThat(store.refunds)
                .containsExactly(
                        new Refund(ACME, 1, store.at(Duration.ZERO)), new Refund(ALL, 1, store.at(Duration.ZERO)));
    }

    @Test
    void aReplyThatComesTooLateGivesBackBothAndAsksAgain() {
        // So that the limiter knows how short a trip can be.
        limiter.acquire(CreditRequest.of("other", FIVE));
        store.then(call -> {
            Reply reply = store.taken(Duration.ZERO);
            time.advance(millis(30));
            return ScriptedCreditStore.done(reply);
        });
        long at = store.at(Duration.ZERO);

        assertThat(limiter.acquireAll(BOTH)).isInstanceOf(Granted.class);

        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, at), new Refund(ALL, 1, at));
        assertThat(store.together).hasSize(2);
    }

    @Test
    void aWaiterLearnsThatTheLimiterIsClosed() {
        store.thenRefusesFor(SECOND);
        sleeper.duringTheNextSleep(limiter::close);

        assertThatIllegalStateException()
                .isThrownBy(() -> limiter.acquireAll(both(Duration.ofSeconds(2))))
                .withMessageStartingWith("the limiter was closed while waiting for limiter 'github'");
    }

    @Test
    void aStoreThatIsAwayDeniesAtOnce() {
        store.thenFailsWith(new CreditStoreException("away"));

        assertThat(limiter.acquireAll(both(SECOND))).isEqualTo(new Denied(millis(50), Reason.STORE_UNAVAILABLE, 0));
        assertThat(sleeper.naps()).isEmpty();
    }

    @Test
    void aPlaceIsTakenWithEachLimiterOrWithNone() {
        List<CreditRequest> others = List.of(ACCOUNT.limiter("stripe").maxWait(SECOND), ACCOUNT.maxWait(SECOND));
        store.thenRefusesFor(millis(500)).thenRefusesFor(millis(500));
        sleeper.duringTheNextSleep(
                () -> assertThat(denied(limiter.acquireAll(others)).reason()).isEqualTo(Reason.TOO_MANY_WAITERS));

        assertThat(limiter.acquireAll(both(SECOND))).isInstanceOf(Granted.class);

        store.thenGrantsIn(millis(10));
        assertThat(limiter.acquire(ACCOUNT.limiter("stripe").maxWait(SECOND))).isInstanceOf(Granted.class);
    }

    @Test
    void aStoreThatGrantsOneKeyOnlyIsAtFault() {
        store.togetherAnswers = List.of(store.taken(Duration.ZERO), store.refused(SECOND));

        assertThatIllegalStateException()
                .isThrownBy(() -> limiter.acquireAll(BOTH))
                .withMessageStartingWith("the store made a grant for one key and a refusal for another");
    }
}
