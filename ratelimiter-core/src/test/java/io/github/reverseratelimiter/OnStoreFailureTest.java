package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.denied;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.DecidedBy;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is answered while the store is away, and how it is found to be back. */
class OnStoreFailureTest {

    private static final RateLimit TEN = RateLimit.of(10, SECOND);
    private static final CreditRequest CALL = CreditRequest.of("acme", TEN).limiter("github");
    private static final Duration MARGIN = CALL.margin();
    /** By when every instance has noticed a return: three timeouts, an interval between probes, and a second apart. */
    private static final Duration ALL_KNOW = millis(3 * 250 + 250 + 1_000);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final UnsteadyCreditStore store = new UnsteadyCreditStore(new InMemoryCreditStore(time));
    private final List<String> told = new ArrayList<>();

    private ReverseRateLimiterBuilder builder() {
        return ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .localShare(new InMemoryCreditStore(time), 3)
                .listener(new RateLimiterListener() {
                    @Override
                    public void storeWentAway(CreditStoreException cause) {
                        told.add("away: " + cause.getMessage());
                    }

                    @Override
                    public void storeCameBack(Duration away) {
                        told.add("back after " + away.toMillis());
                    }
                });
    }

    private ReverseRateLimiter limiter(OnStoreFailure policy) {
        return builder().onStoreFailure(policy).build();
    }

    /** Two failures, one after the other. */
    private void goAway(ReverseRateLimiter limiter) {
        store.cut();
        limiter.acquire(CreditRequest.of("other", TEN));
        limiter.acquire(CreditRequest.of("other", TEN));
    }

    private void comeBack(ReverseRateLimiter limiter) {
        time.advance(millis(250));
        store.open();
        limiter.acquire(CreditRequest.of("other", TEN));
    }

    private static int grants(ReverseRateLimiter limiter, int attempts) {
        int granted = 0;
        for (int i = 0; i < attempts; i++) {
            granted += limiter.acquire(CALL) instanceof Granted ? 1 : 0;
        }
        return granted;
    }

    private static Denied byTheShare(Duration retryAfter, Reason reason, int remaining) {
        return new Denied(retryAfter, reason, remaining, 0, DecidedBy.LOCAL);
    }

    @Test
    void allowGrantsAndSaysThatThePolicyDid() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.ALLOW);
        store.cut();

        for (int i = 0; i < 20; i++) {
            assertThat(limiter.acquire(CALL))
                    .isEqualTo(new Granted(9, Duration.ZERO, new Basis.Policy(), Duration.ZERO));
        }
    }

    @ParameterizedTest
    @EnumSource(OnStoreFailure.class)
    void aCrowdOfOurOwnIsDeniedWhateverThePolicy(OnStoreFailure policy) {
        List<String> failures = new ArrayList<>();
        ReverseRateLimiter limiter = builder()
                .onStoreFailure(policy)
                .listener(new RateLimiterListener() {
                    @Override
                    public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure inForce) {
                        failures.add(cause.reason() + ", " + inForce);
                    }
                })
                .build();
        store.cut(() -> new CreditStoreException(CreditStoreException.Reason.CROWD, "crowd"));

        Denied denied = denied(limiter.acquire(CALL));

        store.open();
        assertThat(denied.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(failures).containsExactly("crowd, deny");
        assertThat(limiter.acquire(CALL)).isInstanceOf(Granted.class); // the store is well
    }

    @Test
    void whatThePolicyAllowedCannotBeGivenBack() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.ALLOW);
        store.cut();
        Granted allowed = granted(limiter.acquire(CALL));

        assertThat(limiter.refund(allowed)).isCompletedWithValue(0);
        assertThat(store.refunds).hasValue(0);
    }

    @Test
    void localGrantsTheShareRoundedDown() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();

        for (int i = 0; i < 3; i++) {
            assertThat(granted(limiter.acquire(CALL)).basis()).isInstanceOf(Basis.Local.class);
        }
        assertThat(limiter.acquire(CALL)).isEqualTo(byTheShare(SECOND.plus(MARGIN), Reason.EXHAUSTED, 0));
    }

    @Test
    void theShareIsAtLeastOne() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        CreditRequest two = CreditRequest.of("acme", RateLimit.of(2, SECOND));
        store.cut();

        assertThat(limiter.acquire(two)).isInstanceOf(Granted.class);
        assertThat(limiter.acquire(two)).isInstanceOf(Denied.class);
    }

    @Test
    void aCallThatCostsMoreThanTheShareIsDenied() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();

        assertThat(denied(limiter.acquire(CALL.credits(4))).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(limiter.acquire(CALL.credits(3))).isInstanceOf(Granted.class);
    }

    @Test
    void whatWasGrantedLocallyIsGivenBackLocally() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        Granted first = granted(limiter.acquire(CALL));
        assertThat(grants(limiter, 5)).isEqualTo(2);

        assertThat(limiter.refund(first)).isCompletedWithValue(1);
        assertThat(limiter.refund(first)).isCompletedWithValue(0);

        assertThat(grants(limiter, 5)).isEqualTo(1);
        assertThat(store.refunds).hasValue(0);
    }

    @Test
    void whoMayWaitWaitsForTheShare() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        grants(limiter, 5);

        Granted granted = granted(limiter.acquire(CALL.maxWait(SECOND.multipliedBy(2))));

        assertThat(granted.basis()).isInstanceOf(Basis.Local.class);
        assertThat(granted.waited()).isEqualTo(SECOND.plus(MARGIN));
    }

    @Test
    void whoCannotWaitThatLongIsDeniedAtOnce() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        grants(limiter, 5);

        assertThat(limiter.acquire(CALL.maxWait(millis(500))))
                .isEqualTo(byTheShare(SECOND.plus(MARGIN), Reason.WAIT_TOO_LONG, 0));
        assertThat(sleeper.naps()).isEmpty();
    }

    @Test
    void whoRetriesAsksTheShareAgain() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        grants(limiter, 5);

        assertThat(limiter.acquire(CALL.retries(1))).isInstanceOf(Granted.class);
        assertThat(sleeper.naps()).containsExactly(SECOND.plus(MARGIN));
    }

    @Test
    void aPausedKeyIsPausedLocallyToo() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        assertThat(limiter.pause(ACME, SECOND.multipliedBy(5))).isCompleted();
        store.cut();

        assertThat(limiter.acquire(CALL)).isEqualTo(byTheShare(SECOND.multipliedBy(5), Reason.PAUSED, 3));
    }

    @Test
    void severalKeysAreTakenFromTheShareAllOrNone() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        CreditRequest small = CreditRequest.of("small", RateLimit.of(3, SECOND)).limiter("github");
        store.cut();

        Granted both = granted(limiter.acquireAll(List.of(CALL, small)));
        assertThat(both.basis()).isInstanceOf(Basis.Local.class);
        assertThat(denied(limiter.acquireAll(List.of(CALL, small))).request()).isEqualTo(1);
        assertThat(grants(limiter, 5)).isEqualTo(2);

        assertThat(limiter.refund(both)).isCompletedWithValue(2);
        assertThat(limiter.acquire(small)).isInstanceOf(Granted.class);
    }

    @Test
    void aLimiterMayAnswerInItsOwnWay() {
        ReverseRateLimiter limiter = builder()
                .onStoreFailure(OnStoreFailure.ALLOW)
                .limiter(new LimiterSettings("github", List.of(TEN), MARGIN, Waiting.none())
                        .onStoreFailure(OnStoreFailure.DENY))
                .build();
        store.cut();

        assertThat(denied(limiter.named("github").acquire("acme")).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(limiter.tryAcquire("acme", TEN)).isInstanceOf(Granted.class);
    }

    @Test
    void ofSeveralLimitersTheStrictestCounts() {
        ReverseRateLimiter limiter = builder()
                .onStoreFailure(OnStoreFailure.ALLOW)
                .limiter(new LimiterSettings("github", List.of(TEN), MARGIN, Waiting.none())
                        .onStoreFailure(OnStoreFailure.LOCAL))
                .limiter(new LimiterSettings("stripe", List.of(TEN), MARGIN, Waiting.none())
                        .onStoreFailure(OnStoreFailure.DENY))
                .build();
        store.cut();

        assertThat(granted(limiter.acquireAll(List.of(CALL, CALL.limiter("other"))))
                        .basis())
                .isInstanceOf(Basis.Local.class);
        assertThat(limiter.acquireAll(List.of(CALL, CALL.limiter("stripe")))).isInstanceOf(Denied.class);
    }

    @Test
    void aStoreThatIsSetUpWronglyIsAnErrorWhateverThePolicy() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.ALLOW);
        store.cut(() -> new CreditStoreMisconfiguredException("wrong password"));

        for (int i = 0; i < 5; i++) {
            assertThatExceptionOfType(CreditStoreMisconfiguredException.class).isThrownBy(() -> limiter.acquire(CALL));
        }
        assertThat(store.trips).hasValue(5);
    }

    /** FAULTS row 32: the store has answered, and decides other keys. */
    @Test
    void aKeyThatANewerVersionWroteIsLeftToThePolicyAndTheStoreIsNotAway() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut(() -> new CreditStoreException(CreditStoreException.Reason.FORMAT, "a newer version wrote it"));

        assertThat(grants(limiter, 5)).isEqualTo(3);
        assertThat(store.trips).as("until the share that holds is spent").hasValue(3);
        store.open();

        assertThat(granted(limiter.acquire(CreditRequest.of("other", TEN))).basis())
                .isInstanceOf(Basis.Store.class);
        assertThat(told).isEmpty();
    }

    @Test
    void asyncCallersGetTheSameAnswers() {
        ReverseRateLimiter allow = limiter(OnStoreFailure.ALLOW);
        ReverseRateLimiter local = limiter(OnStoreFailure.LOCAL);
        store.cut();

        assertThat(granted(allow.acquireAsync(CALL).join()).basis()).isEqualTo(new Basis.Policy());
        assertThat(granted(local.acquireAsync(CALL).join()).basis()).isInstanceOf(Basis.Local.class);
    }

    @Test
    void asyncCallersGetTheAnswerWhenTheStoreHasHadItsTime() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.ALLOW);
        store.block();
        CompletableFuture<Acquisition> answer = limiter.acquireAsync(CALL);
        assertThat(answer).isNotDone();

        sleeper.pass(millis(250));

        assertThat(answer).isCompletedWithValueMatching(each -> each instanceof Granted);
    }

    @Test
    void anAsyncCallerWhoGoesAwayLeavesTheShareAsItWas() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        grants(limiter, 3);
        CompletableFuture<Acquisition> waiting = limiter.acquireAsync(CALL.maxWait(SECOND.multipliedBy(2)));

        waiting.cancel(true);
        sleeper.pass(SECOND.plus(MARGIN));

        assertThat(grants(limiter, 5)).isEqualTo(3);
    }

    @Test
    void afterTwoFailuresOneCallInAnIntervalAsksTheStore() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        store.cut();

        for (int i = 0; i < 1_000; i++) {
            assertThat(denied(limiter.acquire(CALL)).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
            time.advance(millis(1));
        }

        assertThat(store.trips).hasValue(2 + 3);
    }

    @Test
    void whoIsNotAskingTheStoreDoesNotWaitForIt() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.ALLOW);
        goAway(limiter);
        store.block();

        assertThat(limiter.acquireAsync(CALL)).isDone();
    }

    @Test
    void oneFailureIsNoOutage() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        for (int i = 0; i < 5; i++) {
            store.cut();
            limiter.acquire(ONE);
            store.open();
            assertThat(limiter.acquire(CreditRequest.of("each" + i, TEN))).isInstanceOf(Granted.class);
        }

        assertThat(told).isEmpty();
    }

    /** FAULTS row 17: only calls for several keys of that slot are told so. */
    @Test
    void aSlotThatMovesIsNoOutage() {
        ScriptedCreditStore moving = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter =
                ReverseRateLimiter.builder(moving).time(time, sleeper).build();
        for (int i = 0; i < 5; i++) {
            moving.thenFailsWith(new CreditStoreException(CreditStoreException.Reason.TRY_AGAIN, "TRYAGAIN"));
            assertThat(denied(limiter.acquire(ONE)).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
            time.advance(millis(1));
        }

        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);
    }

    /** FAULTS row 29: keys that exist are counted on. */
    @Test
    void newKeysWithoutRoomAreNoOutage() {
        ScriptedCreditStore full = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter =
                ReverseRateLimiter.builder(full).time(time, sleeper).build();
        for (int i = 0; i < 5; i++) {
            full.thenFailsWith(new CreditStoreException(CreditStoreException.Reason.OUT_OF_MEMORY, "OOM"));
            assertThat(denied(limiter.acquire(ONE)).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
            time.advance(millis(1));
        }

        assertThat(limiter.acquire(ONE)).isInstanceOf(Granted.class);
    }

    /** Nobody is told that the store is back, since it was not away. */
    @Test
    void theShareOfAKeyThatHadNoRoomHoldsWhenThereIsRoom() {
        ScriptedCreditStore full = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(full)
                .time(time, sleeper)
                .localShare(new InMemoryCreditStore(time), 3)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .build();
        full.thenFailsWith(new CreditStoreException(CreditStoreException.Reason.OUT_OF_MEMORY, "OOM"));

        assertThat(grants(limiter, 10)).isEqualTo(3);
        time.advance(SECOND.plus(MARGIN).plus(ALL_KNOW));
        assertThat(grants(limiter, 10)).isEqualTo(10);
    }

    /** No return is told after one failure: only of the key that the share granted, the store does not know all. */
    @Test
    void afterASingleFailureTheShareIsAllUntilWhatItGrantedHasLeftTheWindow() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        assertThat(limiter.acquire(CALL)).isInstanceOf(Granted.class);
        store.open();

        assertThat(grants(limiter, 20)).as("beside the store").isEqualTo(2);
        CreditRequest other = CreditRequest.of("other", TEN).limiter("github");
        assertThat(limiter.acquire(other.credits(10))).as("another key").isInstanceOf(Granted.class);
        assertThat(told).isEmpty();
        time.advance(SECOND.plus(MARGIN));
        assertThat(grants(limiter, 20)).as("until all know").isEqualTo(3);
        time.advance(SECOND.plus(MARGIN).plus(ALL_KNOW));
        assertThat(grants(limiter, 20)).as("when all is in the store").isEqualTo(10);
    }

    @Test
    void whileTheShareRefusesAnAnswerOfTheStoreStillEndsTheDoubt() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        for (int i = 0; i < 5; i++) {
            store.cut();
            assertThat(limiter.acquire(CALL.credits(3))).isInstanceOf(Granted.class);

            store.open();
            assertThat(limiter.acquire(CALL)).as("the share is spent").isInstanceOf(Denied.class);
            time.advance(SECOND.plus(MARGIN).plus(ALL_KNOW));
        }

        assertThat(told).isEmpty();
        assertThat(store.refunds).as("of what answered, but was not granted").hasValue(5);
    }

    @Test
    void aCallThatCostsMoreThanTheShareIsDeniedAfterASingleFailureToo() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        store.cut();
        assertThat(limiter.acquire(CALL)).isInstanceOf(Granted.class);
        store.open();

        assertThat(denied(limiter.acquire(CALL.credits(4))).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        time.advance(SECOND.plus(MARGIN).plus(ALL_KNOW));
        assertThat(limiter.acquire(CALL.credits(4))).isInstanceOf(Granted.class);
    }

    @Test
    void listenersHearInOrderWhateverTheExecutorDoesFirst() {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter limiter = builder().executor(tasks::add).build();
        goAway(limiter);
        comeBack(limiter);

        Collections.reverse(tasks);
        tasks.forEach(Runnable::run);

        assertThat(told).hasSize(2).last().asString().startsWith("back after ");
    }

    @Test
    void oneStallOfManyCallsIsOneFailure() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        store.block();
        List<CompletableFuture<Acquisition>> answers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            answers.add(limiter.acquireAsync(CALL));
            sleeper.pass(millis(1));
        }
        sleeper.pass(millis(250));
        store.open();

        assertThat(answers).allSatisfy(each -> assertThat(each).isCompletedWithValueMatching(Denied.class::isInstance));
        assertThat(limiter.acquire(CALL)).isInstanceOf(Granted.class);
        assertThat(told).isEmpty();
    }

    @Test
    void aReplyThatWasTooLateDoesNotEndAnOutage() {
        ScriptedCreditStore late = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(late)
                .time(time, sleeper)
                .executor(Runnable::run)
                .build();
        CompletableFuture<CreditStore.Reply> first = late.thenAnswersLater();
        CompletableFuture<CreditStore.Reply> second = late.thenAnswersLater();
        for (int i = 0; i < 2; i++) {
            assertThat(limiter.acquireAsync(CALL)).isNotDone();
            sleeper.pass(millis(250));
        }

        first.complete(late.taken(Duration.ZERO));
        second.completeExceptionally(new CreditStoreException("away"));
        time.advance(millis(1));

        assertThat(limiter.acquire(CALL)).isInstanceOf(Denied.class);
        assertThat(late.calls).hasSize(2);
    }

    @Test
    void theFirstAnswerEndsTheOutage() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        goAway(limiter);
        store.open();
        assertThat(limiter.acquire(CALL)).isInstanceOf(Denied.class);

        time.advance(millis(250));

        assertThat(grants(limiter, 20)).isEqualTo(10);
    }

    @Test
    void whoComesLongAfterTheLastProbeAsksTheStoreToo() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        goAway(limiter);
        store.block();
        time.advance(millis(501));
        CompletableFuture<Acquisition> probe = limiter.acquireAsync(CALL);
        assertThat(probe).isNotDone();

        store.open();

        assertThat(limiter.acquire(CALL)).isInstanceOf(Granted.class);
    }

    @Test
    void listenersAreToldOnceOfEachOutage() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        goAway(limiter);
        for (int i = 0; i < 50; i++) {
            time.advance(millis(100));
            limiter.acquire(CALL);
        }
        comeBack(limiter);

        assertThat(told).containsExactly("away: connection refused", "back after 5250");
    }

    @Test
    void afterTheReturnTheShareIsAllUntilWhatWasGrantedWithoutTheStoreHasLeftTheWindow() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        goAway(limiter);
        assertThat(grants(limiter, 20)).isEqualTo(3);
        comeBack(limiter);

        assertThat(grants(limiter, 20)).as("in the same window").isZero();
        time.advance(SECOND.plus(MARGIN).minus(millis(250)));
        Granted share = granted(limiter.acquire(CALL));
        assertThat(share.basis()).isInstanceOf(Basis.Store.class);
        assertThat(grants(limiter, 20)).as("beside the store").isEqualTo(2);
        time.advance(ALL_KNOW.plus(millis(250)));
        assertThat(grants(limiter, 20)).as("when all is in the store").isEqualTo(10);
    }

    @Test
    void afterTheReturnTheStoreMustAgree() {
        InMemoryCreditStore shared = new InMemoryCreditStore(time);
        UnsteadyCreditStore way = new UnsteadyCreditStore(shared);
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(way)
                .time(time, sleeper)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(time), 3)
                .build();
        ReverseRateLimiter other =
                ReverseRateLimiter.builder(shared).time(time, sleeper).build();
        way.cut();
        limiter.acquire(CreditRequest.of("other", TEN));
        limiter.acquire(CreditRequest.of("other", TEN));
        time.advance(millis(250));
        way.open();
        limiter.acquire(CreditRequest.of("other", TEN));
        assertThat(grants(other, 20)).isEqualTo(10);

        assertThat(limiter.acquire(CALL)).isEqualTo(new Denied(SECOND.plus(MARGIN), Reason.EXHAUSTED, 0));
        Granted waited = granted(limiter.acquire(CALL.maxWait(SECOND.multipliedBy(2))));
        assertThat(waited.basis()).isInstanceOf(Basis.Store.class);
    }

    @Test
    void aCreditOfTheTimeAfterTheReturnGoesBackToTheStoreAndToTheShare() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        goAway(limiter);
        comeBack(limiter);
        Granted first = granted(limiter.acquire(CALL));
        assertThat(grants(limiter, 20)).isEqualTo(2);

        assertThat(limiter.refund(first)).isCompletedWithValue(1);

        assertThat(store.refunds).hasValue(1);
        assertThat(grants(limiter, 20)).isEqualTo(1);
    }

    @Test
    void shortWindowsAreOutOfTheShareBeforeLongOnes() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        CreditRequest both = CreditRequest.of("acme", TEN, RateLimit.of(60, Duration.ofMinutes(1)));
        goAway(limiter);
        limiter.acquire(both);
        comeBack(limiter);
        time.advance(Duration.ofSeconds(5));

        int granted = 0;
        for (int i = 0; i < 30; i++) {
            granted += limiter.acquire(both) instanceof Granted ? 1 : 0;
        }
        assertThat(granted).isEqualTo(10);
        time.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 30; i++) {
            granted += limiter.acquire(both) instanceof Granted ? 1 : 0;
        }
        assertThat(granted).as("a third of sixty, less the one of the outage").isEqualTo(19);
    }

    @Test
    void whoCountsLocallyMustSayHowManyInstancesThereAre() {
        ReverseRateLimiterBuilder builder = ReverseRateLimiter.builder(store);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.onStoreFailure(OnStoreFailure.LOCAL).build())
                .withMessage("on-store-failure local needs to know the share of this instance:"
                        + " give localShare(new InMemoryCreditStore(), instances) to the builder");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.localShare(new InMemoryCreditStore(), 0))
                .withMessage(
                        "expected-instances must be at least 1 but was 0: give how many instances there are at most");
    }

    @Test
    void warnsThatAShareHasNoCallsInFlight() {
        LimiterSettings github = new LimiterSettings("github", List.of(TEN), MARGIN, Waiting.none());
        Plan capped = github.plan().flow(Flow.FREE.maxInFlight(2));
        try (Log log = new Log()) {
            ReverseRateLimiter.builder(store)
                    .onStoreFailure(OnStoreFailure.LOCAL)
                    .localShare(new InMemoryCreditStore(), 3)
                    .limiter(github)
                    .limiter(new LimiterSettings("stripe", github.plan(), Map.of("pro", capped)))
                    .limiter(new LimiterSettings("gitlab", capped, Map.of()).onStoreFailure(OnStoreFailure.DENY))
                    .build()
                    .close();

            assertThat(log.records)
                    .filteredOn(each -> each.getLevel().equals(Level.WARNING))
                    .singleElement()
                    .satisfies(each -> assertThat(each.getMessage())
                            .startsWith(
                                    "Limiter 'stripe': on-store-failure is local, but a share has no calls in flight"));
        }
    }

    @Test
    void aLimiterIsNotConfiguredAnewToCountLocallyWhereItCannot() {
        LimiterSettings github = new LimiterSettings("github", List.of(TEN), MARGIN, Waiting.none());
        NamedLimiter limiter =
                ReverseRateLimiter.builder(store).limiter(github).build().named("github");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.configure(github.onStoreFailure(OnStoreFailure.LOCAL)))
                .withMessageContaining("limiter 'github'");
        assertThat(limiter.settings()).isEqualTo(github);
    }

    @Test
    void logsTheFirstFailureThenOneLineAMinuteAndTheReturn() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.DENY);
        try (Log log = new Log()) {
            goAway(limiter);
            for (int i = 0; i < 150; i++) {
                time.advance(SECOND);
                limiter.acquire(CALL);
            }
            comeBack(limiter);

            assertThat(log.records)
                    .filteredOn(each -> each.getLevel().intValue() >= Level.INFO.intValue())
                    .extracting(each -> each.getLevel() + " " + each.getMessage())
                    .containsExactly(
                            "WARNING The store did not decide; until it does, requests get the answer that"
                                    + " on-store-failure says, and there is one line a minute: connection refused",
                            "WARNING The store still does not decide; since the last line 61 requests got the answer"
                                    + " that on-store-failure says: connection refused",
                            "WARNING The store still does not decide; since the last line 60 requests got the answer"
                                    + " that on-store-failure says: connection refused",
                            "INFO The store decides again after 150.25s; meanwhile 152 requests got the answer that"
                                    + " on-store-failure says");
        }
    }

    @Test
    void noLineNamesTheKey() {
        ReverseRateLimiter limiter = limiter(OnStoreFailure.LOCAL);
        try (Log log = new Log()) {
            store.cut();
            grants(limiter, 10);
            comeBack(limiter);
            grants(limiter, 10);

            assertThat(log.records)
                    .isNotEmpty()
                    .noneMatch(each -> each.getMessage().contains("acme"));
        }
    }
}
