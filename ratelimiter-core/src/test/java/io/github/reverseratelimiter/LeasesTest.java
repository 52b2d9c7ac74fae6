package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.LossyCreditStore.Way;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/**
 * Issue 5, leases of calls in flight, in virtual time: two instances, one of which stands still, or whose trips get lost, while its
 * calls go on (FAULTS rows 34 and 36). An instance that stands still is one whose timers do not run while time passes.
 */
class LeasesTest {

    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final InMemoryCreditStore store = new InMemoryCreditStore(time);
    private final LossyCreditStore wire = new LossyCreditStore(store);
    private final ManualSleeper timers = new ManualSleeper(time);
    private final ReverseRateLimiter one = limiter(wire, timers);
    private final ReverseRateLimiter other = limiter(new LossyCreditStore(store), new ManualSleeper(time));

    private ReverseRateLimiter limiter(CreditStore on, ManualSleeper sleeper) {
        return ReverseRateLimiter.builder(on)
                .time(time, sleeper)
                .executor(Runnable::run)
                .build();
    }

    private static CreditRequest atMost(int calls) {
        return CreditRequest.inFlight("acme", calls);
    }

    private Granted begin(ReverseRateLimiter limiter, int atMost) {
        return (Granted) limiter.acquire(atMost(atMost));
    }

    private static void end(ReverseRateLimiter limiter, Granted... calls) {
        for (Granted call : calls) {
            limiter.complete(call, CallEnd.ANSWERED);
        }
    }

    /** How many calls the store would begin now. */
    private int free(int atMost) {
        int free = atMost;
        while (free > 0 && !(other.acquire(atMost(atMost)) instanceof Denied)) {
            free--;
        }
        return atMost - free;
    }

    @Test
    void theEndsOfCallsWhoseLeaseRanOutEndNoCallsThatBeganLater() {
        Granted first = begin(one, 2);
        Granted second = begin(one, 2);
        time.advance(LIFE.plusSeconds(1)); // it stands still
        begin(one, 2);
        begin(one, 2);

        end(one, first, second);

        assertThat(other.acquire(atMost(2))).isInstanceOf(Denied.class);
    }

    @Test
    void theEndsOfCallsOfALostStateEndNoCallsThatBeganLater() {
        Granted first = begin(one, 2);
        Granted second = begin(one, 2);
        store.close(); // forgets all
        begin(one, 2);
        begin(one, 2);

        end(one, first, second);

        assertThat(other.acquire(atMost(2))).isInstanceOf(Denied.class);
    }

    @Test
    void whoFindsTheLeaseLostBeginsItsCallAllTheSame() {
        begin(one, 1);
        time.advance(LIFE);

        Granted granted = begin(one, 1);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
        end(one, granted);
        assertThat(other.acquire(atMost(1))).isInstanceOf(Granted.class);
    }

    @Test
    void whoIsQueuedWhileTheLeaseRunsOutIsQueuedAnew() {
        Granted held = begin(other, 1);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(atMost(1).maxWait(Duration.ofMinutes(5)));
        time.advance(LIFE.plusSeconds(1)); // both stand still
        timers.pass(Duration.ofSeconds(2));

        assertThat(waiter).isCompletedWithValueMatching(Granted.class::isInstance);
        end(other, held);
        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
    }

    @Test
    void aGrantThatIsHeardOfAfterALeaseCanHaveRunOutIsNotBelieved() {
        begin(one, 2);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> late = one.acquireAsync(atMost(2));
        time.advance(LIFE.plusSeconds(1)); // its own time-out has not run yet
        Granted theirs = begin(other, 2);
        begin(other, 2);

        wire.way(Way.OPEN);
        wire.answer();

        assertThat(late).isCompletedWithValueMatching(Denied.class::isInstance);
        end(other, theirs);
        assertThat(free(2)).isEqualTo(1);
    }

    @Test
    void whatCountsFromTheGrantComesBackWhereTheGrantIsNotBelieved() {
        CreditRequest request =
                CreditRequest.of("acme", RateLimit.of(3, Duration.ofHours(1))).flow(Flow.FREE.maxInFlight(9));
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> late = one.acquireAsync(request);
        time.advance(LIFE.plusSeconds(1)); // it stands still
        wire.way(Way.OPEN);
        wire.answer();
        Granted granted = (Granted) other.acquire(request);

        assertThat(late).isCompletedWithValueMatching(Granted.class::isInstance); // by another trip
        assertThat(granted.remaining()).isEqualTo(1);
    }

    @Test
    void aCallKeepsItsPlaceForAsManyLivesAsItTakes() {
        Granted call = begin(one, 1);

        for (int i = 0; i < 9; i++) {
            timers.pass(MINUTE);
            assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
        }

        end(one, call);
        assertThat(other.acquire(atMost(1))).isInstanceOf(Granted.class);
    }

    @Test
    void aCallThatNeverEndsIsGivenUpWithAWarning() {
        begin(one, 1);
        try (Log log = new Log()) {
            timers.pass(LONGEST.plus(LIFE));

            assertThat(log.records)
                    .filteredOn(line -> line.getLevel().equals(Level.WARNING))
                    .extracting(LogRecord::getMessage)
                    .singleElement()
                    .asString()
                    .contains("has not ended within 10m", "complete(granted)")
                    .doesNotContain("acme");
        }
        assertThat(other.acquire(atMost(1))).isInstanceOf(Granted.class);
        assertThat(timers.scheduled()).isZero();
    }

    @Test
    void theLateEndOfACallThatWasGivenUpDoesNothing() {
        Granted call = begin(one, 1);
        timers.pass(LONGEST.plus(LIFE));
        begin(other, 1);

        end(one, call);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
    }

    @Test
    void aCallThatEndsTwiceEndsOnce() {
        Granted first = begin(one, 2);
        begin(one, 2);

        end(one, first, first, first);

        assertThat(free(2)).isEqualTo(1);
    }

    @Test
    void aCallThatIsRefundedAndEndsGivesOnePlaceBack() {
        Granted first = begin(one, 2);
        begin(one, 2);

        assertThat(one.refund(first)).isCompletedWithValue(0);
        end(one, first);
        assertThat(one.refund(first)).isCompletedWithValue(0);

        assertThat(free(2)).isEqualTo(1);
    }

    @Test
    void theEndOfACreditThatIsNotOfACallInFlightDoesNothing() {
        begin(one, 1);
        Granted unrelated = (Granted) one.acquire(CreditRequest.of("acme", RateLimit.of(5, MINUTE)));

        end(one, unrelated);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
    }

    @Test
    void theEndToldToAnotherInstanceEndsNoOtherCallThanItsOwn() {
        Granted mine = begin(one, 2);
        begin(other, 2);

        end(other, mine, mine);

        assertThat(free(2)).isEqualTo(1);
    }

    @Test
    void aGrantWhoseAnswerIsLostCountsUntilItsLeaseRunsOut() {
        wire.way(Way.LOSE_ANSWERS);
        assertThat(one.acquire(atMost(1))).isInstanceOf(Denied.class);
        wire.way(Way.OPEN);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
        timers.pass(LIFE);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Granted.class);
    }

    @Test
    void anEndThatIsLostCountsUntilItsLeaseRunsOut() {
        Granted call = begin(one, 1);
        wire.way(Way.LOSE_REQUESTS);
        end(one, call);
        wire.way(Way.OPEN);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
        timers.pass(LIFE);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Granted.class);
    }

    @Test
    void aLeaseInDoubtIsRenewedForNoLongerThanItsOwnCallsLast() {
        Granted known = begin(one, 3);
        wire.way(Way.LOSE_ANSWERS);
        one.acquire(atMost(3)); // nobody knows of this one
        wire.way(Way.OPEN);
        Granted later = begin(one, 3);
        assertThat(other.acquire(atMost(3))).isInstanceOf(Denied.class);
        timers.pass(MINUTE);

        end(one, known); // the last one of its lease that is known
        timers.pass(LIFE);

        assertThat(free(3)).isEqualTo(2);
        end(one, later);
        assertThat(free(3)).isEqualTo(1);
    }

    @Test
    void aCallerThatAsksAgainAndAgainKeepsNoLeaseInDoubtAlive() {
        wire.way(Way.LOSE_ANSWERS);
        CompletableFuture<Acquisition> asking = one.acquireAsync(atMost(1).retries(1_000, Duration.ofSeconds(5)));
        wire.way(Way.OPEN);

        timers.pass(LIFE.plusSeconds(5));

        assertThat(asking).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void aLeaseWithoutCallsIsNotRenewed() {
        begin(other, 1);
        CompletableFuture<Acquisition> asking = one.acquireAsync(atMost(1).retries(1_000, Duration.ofSeconds(5)));

        timers.pass(Duration.ofSeconds(29));

        assertThat(asking).isNotDone();
        assertThat(wire.renewals()).isZero();
    }

    @Test
    void whoBeginsWhileTheEndOfTheLastCallIsOnItsWayDoesSoUnderAnotherLease() {
        Granted call = begin(one, 2);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> asked = one.acquireAsync(atMost(2));
        end(one, call);

        wire.way(Way.OPEN);
        begin(one, 2);
        wire.answer();

        assertThat(asked).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(free(2)).isZero();
    }

    @Test
    void whoGoesAwayWhileHeComesForHisPlaceGivesBackThatPlaceOnly() {
        begin(one, 2);
        Granted ends = begin(one, 2);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(atMost(2).maxWait(MINUTE));
        wire.way(Way.HOLD_BACK_ANSWERS);
        end(one, ends); // he is called up, comes for his place, and has it: the answer is on its way
        assertThat(waiter).isNotDone();

        waiter.cancel(false);
        wire.way(Way.OPEN);
        wire.answer();

        assertThat(free(2)).isEqualTo(1);
    }

    @Test
    void whoAsksAgainForAPlaceDoesSoAfterAWhileThoughNobodyKnowsWhenItWillBeFree() {
        Granted held = begin(other, 1);
        CompletableFuture<Acquisition> asking = one.acquireAsync(atMost(1).retries(3)); // after 100, 300 and 700 ms
        timers.pass(Duration.ofMillis(699));
        assertThat(asking).isNotDone();

        end(other, held);
        timers.pass(Duration.ofMillis(1));

        assertThat(asking).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void aRenewalNamesTheWindowsThatApplyNow() {
        RateLimit before = RateLimit.of(5, Duration.ofSeconds(1));
        RateLimit now = RateLimit.of(50, Duration.ofSeconds(10));
        Flow untilCompletion = Flow.FREE.countUntil(CountUntil.COMPLETION);
        one.acquire(CreditRequest.of("acme", before).flow(untilCompletion));
        one.acquire(CreditRequest.of("acme", now).flow(untilCompletion));

        timers.pass(LIFE);

        assertThat(wire.renewed()).containsExactly(now);
    }

    /** He asks again, is called up meanwhile, and the call is swallowed by whom it would have woken before. */
    @Test
    void whoIsCalledUpWhileHeAsksAgainGoesAtOnce() {
        CreditRequest request = CreditRequest.inFlight("acme", 1);
        Granted ending = (Granted) other.acquire(request);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(request.maxWait(Duration.ofMinutes(5)));
        timers.pass(millis(800)); // he has asked again after 100 and 300 ms, and 700 ms
        wire.afterTheNextTake(() -> other.complete(ending, CallEnd.ANSWERED)); // decided; the answer is on its way
        timers.pass(millis(701)); // he asks after 800 ms more

        timers.pass(millis(10));

        assertThat(waiter).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    /** The JVM stands still for half a lease while the answer that he is queued for is on its way. */
    @Test
    void whoStoodStillWhileHeWasQueuedLeavesNoPlaceBehind() {
        CreditRequest request = CreditRequest.inFlight("acme", 2);
        one.acquire(request); // lasts
        Granted ending = (Granted) other.acquire(request);
        wire.way(Way.HOLD_BACK_ANSWERS);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(request.maxWait(Duration.ofSeconds(40)));
        time.advance(Duration.ofSeconds(16)); // stands still
        wire.way(Way.OPEN);
        wire.answer();
        waiter.cancel(false);
        timers.pass(Duration.ofSeconds(5)); // the lease is renewed

        other.complete(ending, CallEnd.ANSWERED);
        timers.pass(Duration.ofMinutes(1));

        assertThat(other.acquire(request)).isInstanceOf(Granted.class);
    }
}
