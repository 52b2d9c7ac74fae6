package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.denied;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.retrying;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.ScriptedCreditStore.Refund;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a blocked caller is told, how long it sleeps, and what it gives back. */
class AcquireTest {

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
            .margin(Duration.ZERO)
            .build();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void tryAcquireCountsDownAndThenSaysWhenToComeBack() {
        for (int left = 4; left >= 0; left--) {
            time.advance(millis(100));
            assertThat(counting.tryAcquire("acme", FIVE).remaining()).isEqualTo(left);
        }

        Acquisition answer = counting.tryAcquire("acme", FIVE);

        assertThat(answer).isEqualTo(new Denied(millis(600), Reason.EXHAUSTED, 0));
        assertThat(sleeper.naps()).isEmpty();
    }

    @Test
    void aGrantSaysWhenOneMoreIsFree() {
        Acquisition first = counting.acquire(ONE.margin(Duration.ZERO).credits(4));
        time.advance(millis(300));
        Acquisition second = counting.acquire(ONE.margin(Duration.ZERO));

        assertThat(first.retryAfter()).isZero();
        assertThat(second.retryAfter()).isEqualTo(millis(700));
    }

    @Test
    void acquireWaitsExactlyAsLongAsItIsTold() {
        store.thenGrantsIn(millis(700));

        Granted answer = granted(limiter.acquire(within(SECOND)));

        assertThat(sleeper.naps()).containsExactly(millis(700));
        assertThat(answer.waited()).isEqualTo(millis(700));
        assertThat(answer.basis()).hasToString("store");
        assertThat(store.calls).hasSize(1);
    }

    @Test
    void aWaitThatCannotFitIsDeniedAtOnceAndTakesNothing() {
        counting.acquire(ONE.margin(Duration.ZERO).credits(5));

        Acquisition answer = counting.acquire(within(millis(999)).margin(Duration.ZERO));

        assertThat(answer).isEqualTo(new Denied(SECOND, Reason.WAIT_TOO_LONG, 0));
        assertThat(sleeper.naps()).isEmpty();
        time.advance(SECOND);
        assertThat(counting.acquire(ONE.margin(Duration.ZERO).credits(5))).isInstanceOf(Granted.class);
    }

    @Test
    void tellsTheStoreWhoAsksForWhatAndHowLongItMayTake() {
        RateLimit hour = RateLimit.of(1_000, Duration.ofHours(1));

        limiter.acquire(CreditRequest.of("acme", FIVE, hour)
                .limiter("github")
                .credits(3)
                .margin(millis(20))
                .maxWait(millis(1_500)));

        CreditStore.Call call = store.calls.get(0);
        assertThat(call.key()).isEqualTo(ACME);
        assertThat(call.limits()).containsExactly(FIVE, hour);
        assertThat(call.margin()).isEqualTo(millis(20));
        assertThat(call.timeout()).isEqualTo(millis(50));
        assertThat(store.request(0).credits()).isEqualTo(3);
        assertThat(store.request(0).maxWait()).isEqualTo(1_500_000);
        assertThat(store.request(0).id()).isBetween(1L, (1L << 48) - 1);
    }

    @Test
    void eachTripHasAnIdentityOfItsOwn() {
        for (int i = 0; i < 100; i++) {
            limiter.acquire(ONE);
        }

        assertThat(store.calls.stream().map(call -> call.requests().get(0).id()).distinct())
                .hasSize(100);
    }

    @Test
    void severalWindowsAreTakenAllOrNone() {
        CreditRequest both = CreditRequest.of("acme", FIVE, RateLimit.of(7, Duration.ofMinutes(1)))
                .margin(Duration.ZERO);
        counting.acquire(both.credits(5));
        time.advance(SECOND);

        assertThat(counting.acquire(both.credits(3))).isEqualTo(new Denied(millis(59_000), Reason.EXHAUSTED, 2));
        assertThat(counting.acquire(both.credits(2)).remaining()).isZero();
    }

    @Test
    void theMarginWidensTheWindow() {
        CreditRequest wide = ONE.margin(millis(20)).credits(5);
        counting.acquire(wide);

        assertThat(counting.acquire(wide).retryAfter()).isEqualTo(millis(1_020));
    }

    @Test
    void aShortWindowTakesNoMoreThanItselfOfTheDefaultMargin() {
        limiter.tryAcquire("acme", RateLimit.of(5, millis(10)));
        limiter.tryAcquire("acme", FIVE);

        assertThat(store.calls.stream().map(CreditStore.Call::margin)).containsExactly(millis(10), millis(25));
    }

    @Test
    void zeroRetriesAreOneAttempt() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(100)));

        Acquisition first = limiter.acquire(ONE.retries(0));
        Acquisition second = limiter.acquire(retrying(0, millis(10), SECOND));

        assertThat(store.calls).hasSize(2);
        assertThat(List.of(denied(first).reason(), denied(second).reason())).containsOnly(Reason.EXHAUSTED);
    }

    @Test
    void attemptsAreOnePlusRetries() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(100)));

        Acquisition answer = limiter.acquire(ONE.retries(2));

        assertThat(answer).isEqualTo(new Denied(millis(100), Reason.EXHAUSTED, 0));
        assertThat(store.calls).hasSize(3);
        assertThat(sleeper.naps()).containsExactly(millis(100), millis(100));
    }

    @Test
    void aRetryWaitsAsLongAsTheLastAnswerSaid() {
        store.thenRefusesFor(millis(300)).thenRefusesFor(millis(40));

        Granted answer = granted(limiter.acquire(ONE.retries(5)));

        assertThat(sleeper.naps()).containsExactly(millis(300), millis(40));
        assertThat(answer.waited()).isEqualTo(millis(340));
        assertThat(store.request(2).maxWait()).isZero();
    }

    @Test
    void aRetryWithAnIntervalWaitsThatLong() {
        store.thenRefusesFor(millis(300)).thenRefusesFor(millis(40));

        limiter.acquire(ONE.retries(5, millis(70)));

        assertThat(sleeper.naps()).containsExactly(millis(70), millis(70));
    }

    @Test
    void maxWaitEndsTheRetriesWhereItIsTheEarlier() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(900)));

        Acquisition answer = limiter.acquire(retrying(100, millis(300), SECOND));

        assertThat(answer).isEqualTo(new Denied(millis(900), Reason.WAIT_TOO_LONG, 0));
        assertThat(store.calls).hasSize(4);
    }

    @Test
    void theNumberOfRetriesEndsThemWhereItIsTheEarlier() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(900)));

        Acquisition answer = limiter.acquire(retrying(2, millis(300), Duration.ofSeconds(9)));

        assertThat(answer).isEqualTo(new Denied(millis(900), Reason.EXHAUSTED, 0));
        assertThat(store.calls).hasSize(3);
    }

    @Test
    void isNotToldToHaveWaitedTooShortWhereOnlyTheIntervalIsTooLong() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(100)));

        Acquisition answer = limiter.acquire(retrying(5, millis(600), SECOND));

        assertThat(answer).isEqualTo(new Denied(millis(100), Reason.EXHAUSTED, 0));
        assertThat(store.calls).hasSize(2);
    }

    @Test
    void aRetryThatWouldEndWithMaxWaitIsStillMade() {
        store.thenRefusesFor(SECOND);

        assertThat(limiter.acquire(retrying(1, SECOND, SECOND))).isInstanceOf(Granted.class);
    }

    @Test
    void aPausedKeyIsDeniedWithTheEndOfThePause() {
        store.thenIsPausedFor(Duration.ofSeconds(30));
        store.thenIsPausedFor(Duration.ofSeconds(30));

        assertThat(limiter.acquire(ONE)).isEqualTo(new Denied(Duration.ofSeconds(30), Reason.PAUSED, 0));
        assertThat(limiter.acquire(within(SECOND))).isEqualTo(new Denied(Duration.ofSeconds(30), Reason.PAUSED, 0));
    }

    @Test
    void retriesThatMaxWaitEndsOnAPausedKeySayThatItIsPaused() {
        store.thenIsPausedFor(Duration.ofSeconds(30));

        Acquisition answer = limiter.acquire(retrying(3, Duration.ofSeconds(2), SECOND));

        assertThat(answer).isEqualTo(new Denied(Duration.ofSeconds(30), Reason.PAUSED, 0));
    }

    @Test
    void whatAPausedKeyAnswersIsKept() {
        counting.pause(new CreditKey("", "acme"), Duration.ofSeconds(30)).join();
        Denied answer = denied(counting.tryAcquire("acme", FIVE));

        time.advance(answer.retryAfter());

        assertThat(answer.reason()).isEqualTo(Reason.PAUSED);
        assertThat(counting.tryAcquire("acme", FIVE)).isInstanceOf(Granted.class);
    }

    @Test
    void aSleeperSleepsLongerByWhatAPauseAdds() {
        counting.acquire(ONE.margin(Duration.ZERO).credits(5));
        sleeper.duringTheNextSleep(
                () -> counting.pause(ACME, Duration.ofSeconds(10)).join());

        Granted answer = granted(counting.acquire(within(SECOND).margin(Duration.ZERO)));

        assertThat(sleeper.naps()).containsExactly(SECOND, Duration.ofSeconds(10));
        assertThat(answer.waited()).isEqualTo(Duration.ofSeconds(11));
    }

    @Test
    void aPauseThatAnotherInstanceMadeIsLearntFromAnyReplyForTheKey() {
        store.thenGrantsIn(SECOND);
        sleeper.duringTheNextSleep(() -> {
            store.held = 2_000_000;
            limiter.acquire(ONE);
            limiter.acquire(CreditRequest.of("other", FIVE));
        });

        limiter.acquire(within(SECOND));

        assertThat(sleeper.naps()).containsExactly(SECOND, Duration.ofSeconds(2));
    }

    /** FAULTS 30: while one who waits knows of an old pause, those who come after the loss must not sleep for it. */
    @Test
    void whoComesAfterTheStateWasLostDoesNotSleepForPausesBefore() {
        ReverseRateLimiter roomy =
                ReverseRateLimiter.builder(store).time(time, sleeper).build();
        store.held = 10_000_000;
        store.thenGrantsIn(millis(900));
        var watching = roomy.acquireAsync(within(SECOND));
        store.held = 0;
        store.thenGrantsIn(millis(300));
        time.advance(millis(1));

        Granted answer = granted(roomy.acquire(within(SECOND)));

        assertThat(sleeper.naps()).containsExactly(millis(300));
        assertThat(answer.waited()).isEqualTo(millis(300));
        assertThat(watching).isNotDone();
    }

    @Test
    void whoGivesUpAfterAPauseGivesBackTheTimeItWasMovedTo() {
        long at = store.at(SECOND);
        store.thenGrantsIn(SECOND);
        sleeper.duringTheNextSleep(() -> {
            store.held = 2_000_000;
            limiter.acquire(ONE);
            Thread.currentThread().interrupt();
        });

        assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(() -> limiter.acquire(within(SECOND)));

        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, at + 2_000_000));
    }

    @Test
    void moreWaitersThanTheCapAreDeniedAtOnceButMayStillTakeWhatIsFree() {
        store.thenGrantsIn(SECOND).thenRefusesFor(SECOND).thenGrantsIn(Duration.ZERO);
        sleeper.duringTheNextSleep(() -> {
            assertThat(limiter.acquire(within(SECOND))).isEqualTo(new Denied(SECOND, Reason.TOO_MANY_WAITERS, 0));
            assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);
        });

        assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);

        assertThat(store.request(1).maxWait()).isZero();
        assertThat(sleeper.naps()).hasSize(1);
    }

    @Test
    void tooManyWaitersDoNotRetryEither() {
        store.thenGrantsIn(SECOND).thenRefusesFor(SECOND);
        sleeper.duringTheNextSleep(() ->
                assertThat(limiter.acquire(ONE.retries(3))).isEqualTo(new Denied(SECOND, Reason.TOO_MANY_WAITERS, 0)));

        limiter.acquire(within(SECOND));

        assertThat(store.calls).hasSize(2);
    }

    @Test
    void anotherLimiterHasWaitersOfItsOwnAndWhoDoesNotWaitIsNotCounted() {
        store.thenGrantsIn(SECOND).thenGrantsIn(millis(1));
        sleeper.duringTheNextSleep(() -> {
            assertThat(limiter.acquire(within(SECOND).limiter("stripe"))).isInstanceOf(Granted.class);
            assertThat(limiter.acquire(ONE.retries(0))).isInstanceOf(Granted.class);
        });

        assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);

        assertThat(store.request(1).maxWait()).isEqualTo(1_000_000);
    }

    @Test
    void aWaitersPlaceIsFreeAgainHoweverItsWaitEnded() {
        store.thenRefusesFor(SECOND)
                .thenFailsWith(new CreditStoreException("away"))
                .thenFailsWith(new IllegalArgumentException("a bug"))
                .thenGrantsIn(SECOND);
        limiter.acquire(within(SECOND));
        limiter.acquire(within(SECOND));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> limiter.acquire(within(SECOND)));
        sleeper.duringTheNextSleep(Thread.currentThread()::interrupt);
        assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(() -> limiter.acquire(within(SECOND)));
        Thread.interrupted();

        store.thenRefusesFor(millis(2_000));

        assertThat(denied(limiter.acquire(within(SECOND))).reason()).isEqualTo(Reason.WAIT_TOO_LONG);
    }

    @Test
    void aThreadThatIsInterruptedAlreadyTakesNothing() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(AcquireInterruptedException.class)
                .isThrownBy(() -> limiter.acquire(within(SECOND)))
                .withMessageContaining("'github'");

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(store.calls).isEmpty();
    }

    @Test
    void anInterruptionDuringTheTripGivesTheCreditBackWhenItArrives() {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        store.then(call -> {
            Thread.currentThread().interrupt();
            return reply;
        });

        assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(() -> limiter.acquire(within(SECOND)));
        assertThat(store.refunds).isEmpty();
        reply.complete(store.taken(millis(300)));

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, store.at(millis(300))));
    }

    @Test
    void anInterruptionDuringTheSleepGivesTheCreditBack() {
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(Thread.currentThread()::interrupt);

        assertThatExceptionOfType(AcquireInterruptedException.class)
                .isThrownBy(() -> limiter.acquire(within(SECOND).credits(2)))
                .withMessage("interrupted while waiting for limiter 'github': the credits were given back");

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(store.refunds).containsExactly(new Refund(ACME, 2, store.at(millis(300))));
    }

    @Test
    void anInterruptionBetweenRetriesHasNothingToGiveBack() {
        store.thenRefusesFor(millis(300));
        sleeper.duringTheNextSleep(Thread.currentThread()::interrupt);

        assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(() -> limiter.acquire(ONE.retries(1)));

        assertThat(store.refunds).isEmpty();
    }

    @Test
    void aSleeperThatFailsCostsNoCredit() {
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> {
            throw new IllegalStateException("cannot sleep");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> limiter.acquire(within(SECOND)))
                .withMessage("cannot sleep");

        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aRefundGivesBackWhatWasTaken() {
        Granted answer = granted(limiter.acquire(ONE.credits(3)));

        assertThat(limiter.refund(answer)).isCompletedWithValue(3);

        assertThat(store.refunds).containsExactly(new Refund(ACME, 3, time.micros()));
    }

    @Test
    void onlyTheFirstRefundCounts() {
        Granted answer = granted(limiter.acquire(ONE));
        limiter.refund(answer);

        assertThat(limiter.refund(answer)).isCompletedWithValue(0);

        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void whatNoStoreDecidedIsNotRefunded() {
        Granted local = new Granted(1, Duration.ZERO, new Acquisition.Basis.Local(), Duration.ZERO);
        Granted policy = new Granted(1, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO);

        assertThat(limiter.refund(local)).isCompletedWithValue(0);
        assertThat(limiter.refund(policy)).isCompletedWithValue(0);

        assertThat(store.refunds).isEmpty();
    }

    @Test
    void aRefundedCreditIsFreeForTheNext() {
        Granted all = granted(counting.acquire(ONE.margin(Duration.ZERO).credits(5)));
        counting.refund(all).join();

        assertThat(counting.acquire(ONE.margin(Duration.ZERO).credits(5))).isInstanceOf(Granted.class);
    }

    @Test
    void theNamelessLimiterSharesItsKeysWithRequestsWithoutAName() {
        counting.tryAcquire("acme", FIVE);
        counting.acquire("acme", FIVE, SECOND);

        assertThat(counting.acquire(CreditRequest.of("acme", FIVE).margin(Duration.ZERO))
                        .remaining())
                .isEqualTo(2);
    }

    @Test
    void otherLimitsForOneKeyAreNoErrorButWarnedAboutOnce() {
        List<LogRecord> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(ReverseRateLimiter.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord warning) {
                warnings.add(warning);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        store.usually = call -> ScriptedCreditStore.done(
                new Reply(time.micros(), 0, true, store.taken(Duration.ZERO).decisions()));

        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);
        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);

        assertThat(warnings).hasSize(1);
        assertThat(new SimpleFormatter().formatMessage(warnings.get(0)))
                .isEqualTo(
                        "Limiter 'github': another caller states other limits for the same key than [5 per 1s]; all are"
                                + " respected");
    }
}
