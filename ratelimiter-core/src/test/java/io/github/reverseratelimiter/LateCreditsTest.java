package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.at;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Late is not on time (P11): a caller that wakes later than the margin allows gives back and takes anew. */
class LateCreditsTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .storeTimeout(millis(250))
            .build();

    /** A trip that takes so long each way. */
    private Function<Call, CompletionStage<Reply>> trip(Duration there, Duration back, Duration wait) {
        return call -> {
            time.advance(there);
            Reply reply = store.taken(wait);
            time.advance(back);
            return ScriptedCreditStore.done(reply);
        };
    }

    private void aFewQuickTrips() {
        for (int i = 0; i < 3; i++) {
            store.then(trip(Duration.ofNanos(100_000), Duration.ofNanos(100_000), Duration.ZERO));
            limiter.acquire(CreditRequest.of("other", FIVE));
        }
        store.calls.clear();
    }

    @Test
    void whoWakesLaterThanTheMarginGivesBackAndTakesAnew() {
        long at = store.at(millis(300));
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> time.advance(millis(30)));

        Granted answer = granted(limiter.acquire(within(SECOND)));

        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, at));
        assertThat(store.calls).hasSize(2);
        assertThat(answer.waited()).isEqualTo(millis(330));
    }

    @Test
    void whatIsSentTheSecondTimeIsWhatIsLeftOfTheLongestWait() {
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> time.advance(millis(30)));

        limiter.acquire(within(SECOND));

        assertThat(store.request(0).maxWait()).isEqualTo(1_000_000);
        assertThat(store.request(1).maxWait()).isEqualTo(670_000);
    }

    @Test
    void whoWakesWithinTheMarginGoes() {
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> time.advance(millis(20)));

        limiter.acquire(within(SECOND));

        assertThat(store.calls).hasSize(1);
    }

    /** The last 5 ms are for the way to the provider. */
    @Test
    void whoWakesSoLateThatNothingIsLeftForTheWayTakesAnew() {
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> time.advance(millis(21)));

        limiter.acquire(within(SECOND));

        assertThat(store.calls).hasSize(2);
    }

    @Test
    void theJitterOfWakingUpIsForgivenEvenWithoutAMargin() {
        store.thenGrantsIn(millis(300)).thenGrantsIn(millis(300));
        sleeper.oversleepsBy(millis(5));
        limiter.acquire(within(SECOND).margin(Duration.ZERO));
        assertThat(store.calls).hasSize(1);

        sleeper.duringTheNextSleep(() -> sleeper.oversleepsBy(millis(6)));
        limiter.acquire(within(SECOND).margin(Duration.ZERO));

        assertThat(store.calls).hasSize(3);
    }

    @Test
    void whoHasWaitedAllItsTimeInVainAsksOnceMoreWithoutWaiting() {
        store.thenGrantsIn(SECOND).thenRefusesFor(millis(400));
        sleeper.duringTheNextSleep(() -> time.advance(millis(70)));

        Acquisition answer = limiter.acquire(within(SECOND));

        assertThat(store.request(1).maxWait()).isZero();
        assertThat(answer).isEqualTo(new Denied(millis(400), Reason.WAIT_TOO_LONG, 0));
    }

    @Test
    void aCallerWhoseCreditsAlwaysComeTooLateIsToldThatTheStoreIsOfNoUse() {
        store.usually = call -> ScriptedCreditStore.done(store.taken(millis(10)));
        sleeper.oversleepsBy(SECOND);

        Acquisition answer = limiter.acquire(within(Duration.ofHours(1)));

        assertThat(answer).isEqualTo(new Denied(millis(250), Reason.STORE_UNAVAILABLE, 0));
        assertThat(store.calls).hasSizeLessThan(200);
        assertThat(store.refunds).hasSameSizeAs(store.calls);
    }

    @Test
    void lateCreditsAreNoAttempts() {
        store.thenRefusesFor(millis(10));
        store.then(trip(Duration.ZERO, millis(200), Duration.ZERO));
        store.thenRefusesFor(millis(10)).thenRefusesFor(millis(10));

        limiter.acquire(ONE.retries(2));

        assertThat(store.refunds).hasSize(1);
        assertThat(store.calls).hasSize(4);
    }

    @Test
    void aFunctionFrozenDuringItsFirstTripTakesAnew() {
        store.then(trip(Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO));

        limiter.acquire(ONE);

        assertThat(store.calls).hasSize(2);
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aFunctionFrozenDuringATripTakesAnewAlsoWhenWhatItKnewIsOld() {
        aFewQuickTrips();
        time.advance(Duration.ofHours(1));
        store.then(trip(Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO));

        limiter.acquire(ONE);

        assertThat(store.calls).hasSize(2);
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aReplyThatCameLateTakesAnew() {
        aFewQuickTrips();
        store.then(trip(Duration.ofNanos(100_000), millis(100), Duration.ZERO));

        limiter.acquire(ONE);

        assertThat(store.calls).hasSize(2);
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aRequestThatArrivedLateIsNotALateCredit() {
        aFewQuickTrips();
        store.then(trip(millis(100), Duration.ofNanos(100_000), Duration.ZERO));

        limiter.acquire(ONE);

        assertThat(store.calls).hasSize(1);
    }

    @Test
    void aSlowNetworkIsNotLate() {
        store.usually = trip(millis(20), millis(20), Duration.ZERO);

        for (int i = 0; i < 20; i++) {
            assertThat(limiter.acquire(ONE.margin(millis(5)))).isInstanceOf(Granted.class);
        }

        assertThat(store.calls).hasSize(20);
    }

    @Test
    void aSlowNetworkIsNotLateThoughItIsSlowInOneDirectionOnly() {
        store.usually = trip(Duration.ZERO, millis(40), Duration.ZERO);

        for (int i = 0; i < 20; i++) {
            assertThat(limiter.acquire(ONE.margin(millis(5)))).isInstanceOf(Granted.class);
        }

        assertThat(store.calls).hasSize(20);
    }

    @Test
    void aNetworkThatHasBecomeSlowIsNotAskedForever() {
        aFewQuickTrips();
        store.usually = trip(millis(20), millis(20), Duration.ZERO);

        for (int i = 0; i < 20; i++) {
            assertThat(limiter.acquire(ONE.margin(millis(5)))).isInstanceOf(Granted.class);
        }

        assertThat(store.calls).hasSizeLessThanOrEqualTo(32);
    }

    /** Found by the soak: eleven trips of 90 ms each. */
    @Test
    void aNetworkThatHasBecomeSlowIsNotAskedForLongByWhoDoesNotWait() {
        aFewQuickTrips();
        store.usually = trip(millis(45), millis(45), Duration.ZERO);
        long begun = time.nanoTime();

        Acquisition answer = limiter.acquire(ONE);

        assertThat(answer).isEqualTo(new Denied(millis(250), Reason.STORE_UNAVAILABLE, 0));
        assertThat(Duration.ofNanos(time.nanoTime() - begun)).isLessThan(millis(300));
        assertThat(store.refunds).hasSameSizeAs(store.calls);
    }

    /** FAULTS row 6: it is the store that cannot decide, so the answer is the declared one. */
    @Test
    void aNetworkThatHasBecomeSlowIsAnsweredByThePolicy() {
        ReverseRateLimiter allowing = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .onStoreFailure(OnStoreFailure.ALLOW)
                .build();
        store.usually = trip(millis(45), millis(45), Duration.ZERO);

        for (boolean async : new boolean[] {false, true}) {
            for (int i = 0; i < 3; i++) {
                store.then(trip(Duration.ofNanos(100_000), Duration.ofNanos(100_000), Duration.ZERO));
                allowing.acquire(CreditRequest.of("other", FIVE));
            }
            store.calls.clear();
            store.refunds.clear();

            Acquisition answer = async ? allowing.acquireAsync(ONE).join() : allowing.acquire(ONE);

            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Granted.class,
                            granted -> assertThat(granted.basis()).isEqualTo(new Acquisition.Basis.Policy()));
            assertThat(store.refunds).hasSameSizeAs(store.calls);
        }
    }

    @Test
    void whoseCreditsAlwaysComeTooLateIsAnsweredByTheShare() {
        ReverseRateLimiter local = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(time), 5)
                .build();
        for (int i = 0; i < 3; i++) {
            store.then(trip(Duration.ofNanos(100_000), Duration.ofNanos(100_000), Duration.ZERO));
            local.acquire(CreditRequest.of("other", FIVE));
        }
        store.usually = trip(millis(45), millis(45), Duration.ZERO);

        Acquisition answer = local.acquire(ONE);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Granted.class,
                        granted -> assertThat(granted.basis()).isInstanceOf(Acquisition.Basis.Local.class));
        assertThat(local.acquire(ONE)).as("its share is one").isInstanceOf(Denied.class);
    }

    @Test
    void aNetworkThatHasBecomeSlowIsBelievedAtTheNextCall() {
        aFewQuickTrips();
        store.usually = trip(millis(45), millis(45), Duration.ZERO);
        limiter.acquire(ONE);

        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);
    }

    /** A reply that came a moment before it was given up, and then nobody ran for a moment: not again and again. */
    @Test
    void repliesThatComeAtTheLastMomentAreNotWaitedForManyTimes() {
        aFewQuickTrips();
        store.usually = trip(Duration.ZERO, millis(260), Duration.ZERO);

        Acquisition answer = limiter.acquire(ONE);

        assertThat(answer).isEqualTo(new Denied(millis(250), Reason.STORE_UNAVAILABLE, 0));
        assertThat(store.calls).hasSize(2);
    }

    /** FAULTS row 6: whatever the network does, a decision ends within the store-timeout, and 50 ms. */
    @Test
    void repliesThatAreNearlyTooLateAreNotWaitedForTwiceAsLong() {
        ReverseRateLimiter async = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .storeTimeout(millis(250))
                .build();
        for (int i = 0; i < 3; i++) {
            store.then(trip(Duration.ofNanos(100_000), Duration.ofNanos(100_000), Duration.ZERO));
            async.acquireAsync(CreditRequest.of("other", FIVE)).join();
        }
        store.usually = call -> {
            CompletableFuture<Reply> underway = new CompletableFuture<>();
            Reply reply = store.taken(Duration.ZERO);
            sleeper.schedule(() -> underway.complete(reply), millis(240).toNanos(), Runnable::run);
            return underway;
        };

        CompletableFuture<Acquisition> answer = async.acquireAsync(ONE);
        sleeper.pass(millis(300));

        assertThat(answer).isCompletedWithValue(new Denied(millis(250), Reason.STORE_UNAVAILABLE, 0));
        sleeper.pass(SECOND);
        assertThat(store.refunds).as("all that came").hasSize(2);
        CompletableFuture<Acquisition> next = async.acquireAsync(ONE);
        sleeper.pass(millis(240));
        assertThat(next).as("believed from then on").isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void aSecondTripThatHadLittleTimeIsNoFailureOfTheStore() {
        List<String> told = new ArrayList<>();
        ReverseRateLimiter async = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .listener(new RateLimiterListener() {
                    @Override
                    public void storeWentAway(CreditStoreException cause) {
                        told.add(cause.getMessage());
                    }
                })
                .build();
        for (int i = 0; i < 3; i++) {
            store.then(trip(Duration.ofNanos(100_000), Duration.ofNanos(100_000), Duration.ZERO));
            async.acquireAsync(CreditRequest.of("other", FIVE)).join();
            store.then(trip(Duration.ZERO, millis(240), Duration.ZERO));
            store.thenAnswersLater();
            CompletableFuture<Acquisition> answer = async.acquireAsync(ONE);
            sleeper.pass(millis(50));
            assertThat(answer).isCompletedWithValue(new Denied(millis(250), Reason.STORE_UNAVAILABLE, 0));
        }

        assertThat(told).isEmpty();
    }

    @Test
    void whoHasTimeToWaitWaitsUntilASlowNetworkIsBelieved() {
        aFewQuickTrips();
        store.usually = trip(millis(45), millis(45), Duration.ZERO);

        assertThat(limiter.acquire(within(SECOND))).isInstanceOf(Granted.class);
    }

    @Test
    void sleepsUntilItsTimeHoweverLongTheReplyWasUnderway() {
        aFewQuickTrips();
        store.then(trip(Duration.ofNanos(100_000), millis(60), millis(300)));

        limiter.acquire(within(SECOND));

        assertThat(sleeper.naps().get(0)).isBetween(millis(240), millis(241));
        assertThat(store.calls).hasSize(1);
    }

    /** Found by the soak, in a JVM that was cold: its first request was on its way for longer than a store is waited for. */
    @Test
    void whoseFirstRequestArrivedLaterThanItIsWaitedForDoesNotGoBeforeItsTime() {
        store.then(trip(millis(251), Duration.ZERO, millis(300)));

        assertThat(at(limiter.acquire(within(SECOND)))).isLessThanOrEqualTo(time.micros());
    }

    @Test
    void whoseRequestArrivedLaterThanItIsWaitedForDoesNotGoBeforeItsTime() {
        aFewQuickTrips();
        store.then(trip(millis(300), Duration.ofNanos(100_000), millis(300)));

        assertThat(at(limiter.acquire(within(SECOND)))).isLessThanOrEqualTo(time.micros());
    }

    @Test
    void whatIsInDoubtIsGivenBackForTheTimeToWhichAPauseHasMovedIt() {
        store.thenGrantsIn(Duration.ofSeconds(5));
        CompletableFuture<Acquisition> sleeps = limiter.acquireAsync(within(Duration.ofSeconds(10)));
        List<Long> granted = new ArrayList<>();
        store.then(call -> {
            time.advance(millis(260));
            Reply reply = store.taken(millis(300));
            granted.add(reply.decisions().get(0).at());
            time.advance(millis(1));
            store.held = 200_000; // somebody pauses, and the next reply tells of it
            limiter.acquire(ONE);
            store.refunds.clear();
            return ScriptedCreditStore.done(reply);
        });

        limiter.acquire(within(SECOND));

        assertThat(sleeps).isNotDone();
        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, granted.get(0) + 200_000));
    }

    @Test
    void aFunctionFrozenDuringATripThatGrantsItAPlaceTakesAnew() {
        store.then(trip(Duration.ZERO, Duration.ofMinutes(10), millis(300)));

        Granted answer = granted(limiter.acquire(within(Duration.ofHours(1))));

        assertThat(store.calls).hasSize(2);
        assertThat(store.refunds).hasSize(1);
        assertThat(at(answer)).isEqualTo(time.micros());
    }

    @Test
    void aKeyWhoseLogicalTimeIsAheadDoesNotMakeOthersLate() {
        aFewQuickTrips();
        store.thenGrantsIn(millis(300));
        sleeper.duringTheNextSleep(() -> {
            store.then(call -> ScriptedCreditStore.done(anHourAhead(store.taken(Duration.ZERO))));
            limiter.acquire(CreditRequest.of("stepped", FIVE));
        });

        limiter.acquire(within(SECOND));

        assertThat(store.calls).hasSize(2);
        assertThat(store.refunds).isEmpty();
    }

    @Test
    void aKeyWhoseLogicalTimeIsBehindDoesNotHideThatOthersAreLate() {
        store.then(call -> ScriptedCreditStore.done(anHourAhead(store.taken(millis(300)))));
        sleeper.duringTheNextSleep(() -> {
            limiter.acquire(CreditRequest.of("other", FIVE));
            time.advance(SECOND);
        });

        limiter.acquire(within(SECOND));

        assertThat(store.refunds).hasSize(1);
    }

    private static Reply anHourAhead(Reply reply) {
        long hour = Duration.ofHours(1).toNanos() / 1_000;
        CreditStore.Decision.Taken taken =
                (CreditStore.Decision.Taken) reply.decisions().get(0);
        return ahead(
                reply,
                hour,
                List.of(new CreditStore.Decision.Taken(taken.at() + hour, taken.remaining(), taken.next() + hour)));
    }

    /** Of a key that was used before the clock was set back by so much, and whose time goes on from there. */
    private static Reply ahead(Reply reply, long micros, List<CreditStore.Decision> decisions) {
        return new Reply(
                reply.now() + micros, reply.clock(), reply.held(), reply.otherLimits(), decisions, reply.grant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT1S"})
    void aKeyWhoseLogicalTimeIsAheadDoesNotMakeOthersEarly(Duration maxWait) {
        store.then(call -> ScriptedCreditStore.done(ahead(
                store.taken(Duration.ZERO), 30_000, store.taken(millis(30)).decisions())));
        limiter.acquire(CreditRequest.of("stepped", FIVE).maxWait(maxWait));
        store.then(trip(millis(50), Duration.ZERO, millis(300)));

        Granted answer = granted(limiter.acquire(within(SECOND)));

        assertThat(time.micros()).isEqualTo(at(answer));
    }

    /** So the key's own clock does not step; the slow way there would hide that of the machine. */
    @Test
    void aSmallStepBackMakesNobodyOfAnOlderKeyGoEarly() {
        aFewQuickTrips();
        store.then(call -> {
            time.advance(millis(100));
            Reply reply = store.taken(millis(500));
            return ScriptedCreditStore.done(
                    new Reply(reply.now(), reply.clock() - 50_000, 0, false, reply.decisions(), OptionalLong.empty()));
        });

        Granted answer = granted(limiter.acquire(within(SECOND)));

        assertThat(time.micros()).isGreaterThanOrEqualTo(at(answer));
    }

    @Test
    void aStoreInMemoryWhoseClockBeganElsewhereKnowsLateToo() {
        ReverseRateLimiter counting = ReverseRateLimiter.builder(new InMemoryCreditStore(time))
                .time(time, sleeper)
                .build();
        counting.acquire(ONE.credits(5));
        sleeper.duringTheNextSleep(() -> time.advance(Duration.ofMinutes(10)));

        Granted answer = granted(counting.acquire(within(Duration.ofSeconds(2))));

        assertThat(answer.waited()).isEqualTo(Duration.ofMinutes(10).plusMillis(1_025));
        assertThat(answer.remaining()).isEqualTo(4);
    }
}
