package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store must do that counts calls in flight, ours or yours: extend it and hand it your store on a clock that the test
 * moves.
 */
public abstract class CallsInFlightContract {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final RateLimit FIVE = RateLimit.of(5, SECOND);
    private static final List<RateLimit> NO_WINDOW = List.of();
    private static final AtomicLong KEYS = new AtomicLong();

    /** Instance 1, and the lease of another instance. */
    private static final long MINE = (1L << 16) | 1;

    private static final long OTHER = (2L << 16) | 1;

    private final ManualTime time = new ManualTime();
    private final CreditKey key =
            new CreditKey("contract", "calls-" + System.nanoTime() + "-" + KEYS.incrementAndGet());
    private long ids;
    private CreditStore store;

    /** A store whose clock is {@code time}; state of other tests may be in it. */
    protected abstract CreditStore store(ManualTime time);

    /** The store under test. */
    protected final CreditStore store() {
        return store;
    }

    @BeforeEach
    final void open() {
        store = store(time);
    }

    @AfterEach
    final void close() {
        store.close();
    }

    /** How the calls of a test are counted. */
    private record Way(List<RateLimit> limits, long lease, int cap, CountUntil countUntil) {

        private Way by(long other) {
            return new Way(limits, other, cap, countUntil);
        }

        private int counting() {
            return countUntil == CountUntil.COMPLETION ? 1 : 0;
        }
    }

    private static final Way UNTIL_COMPLETION = new Way(List.of(FIVE), MINE, 0, CountUntil.COMPLETION);
    private static final Way ONE_AT_ONCE = new Way(NO_WINDOW, MINE, 1, CountUntil.COMPLETION);
    private static final Way THREE_AT_ONCE = new Way(NO_WINDOW, MINE, 3, CountUntil.COMPLETION);
    private static final Way ONE_AT_ONCE_OF_FIVE = new Way(List.of(FIVE), MINE, 1, CountUntil.GRANT);

    private Call call(Way way, List<Request> requests) {
        Flight flight = new Flight(way.lease, LIFE, way.cap, way.countUntil);
        return new Call(key, way.limits, Duration.ZERO, Duration.ZERO, Optional.of(flight), requests, SECOND);
    }

    private Decision begin(Way way, Duration maxWait, long id) {
        Call call = call(way, List.of(new Request(1, maxWait.toNanos() / 1_000, id)));
        return store.take(call).toCompletableFuture().join().decisions().get(0);
    }

    private Decision begin(Way way, Duration maxWait) {
        return begin(way, maxWait, ++ids);
    }

    private Decision begin(Way way) {
        return begin(way, Duration.ZERO);
    }

    private boolean end(Way way, long id) {
        Call call = call(way, List.of(new Request(way.counting(), 0, id)));
        return store.ended(call).toCompletableFuture().join();
    }

    private boolean end(Way way) {
        return end(way, ++ids);
    }

    private boolean notMade(Way way, long request) {
        Call call = call(way, List.of(new Request(way.counting(), 0, ++ids)));
        return store.notMade(call, request).toCompletableFuture().join();
    }

    private boolean withdraw(Way way, long request) {
        Call call = call(way, List.of(new Request(way.counting(), 0, ++ids)));
        return store.withdrawn(call, request).toCompletableFuture().join();
    }

    private boolean goOn(Way way) {
        return store.goesOn(call(way, List.of())).toCompletableFuture().join();
    }

    private Decision take(int credits, Duration pace, Duration maxWait) {
        Request request = new Request(credits, maxWait.toNanos() / 1_000, ++ids);
        Call call = new Call(key, List.of(FIVE), Duration.ZERO, pace, Optional.empty(), List.of(request), SECOND);
        return store.take(call).toCompletableFuture().join().decisions().get(0);
    }

    private Decision take(int credits) {
        return take(credits, Duration.ZERO, Duration.ZERO);
    }

    @Test
    void aCreditCountsUntilItsCallHasEndedAndOneWindowMore() {
        IntStream.range(0, 5).forEach(i -> assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Taken.class));
        time.advance(Duration.ofSeconds(3));
        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Refused.class);
        end(UNTIL_COMPLETION);

        time.advance(Duration.ofNanos(999_999_000));
        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Refused.class);
        time.advance(Duration.ofNanos(1_000));

        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whoWaitsForACallToEndIsToldTheEarliestTime() {
        IntStream.range(0, 5).forEach(i -> begin(UNTIL_COMPLETION));

        Decision waiting = begin(UNTIL_COMPLETION, Duration.ofSeconds(5));

        assertThat(waiting).isInstanceOf(Decision.Queued.class);
        assertThat(waiting.at() - now()).isEqualTo(1_000_000);
    }

    private long now() {
        return store.take(call(ONE_AT_ONCE, List.of()))
                .toCompletableFuture()
                .join()
                .now();
    }

    @Test
    void noMoreCallsThanTheCapAreInFlight() {
        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Refused.class);

        end(ONE_AT_ONCE);

        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aPlaceThatBecomesFreeIsForWhoAskedFirst() {
        begin(ONE_AT_ONCE);
        begin(ONE_AT_ONCE.by(OTHER), Duration.ofMinutes(1), 100);
        begin(ONE_AT_ONCE, Duration.ofMinutes(1), 200);
        end(ONE_AT_ONCE);

        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 200)).isInstanceOf(Decision.Queued.class);
        assertThat(begin(ONE_AT_ONCE.by(OTHER), Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Taken.class);
        end(ONE_AT_ONCE.by(OTHER));
        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 200)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void whoIsNotQueuedDoesNotOvertake() {
        begin(ONE_AT_ONCE);
        begin(ONE_AT_ONCE.by(OTHER), Duration.ofMinutes(1), 100);
        end(ONE_AT_ONCE);

        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aLeaseThatRunsOutEndsItsCalls() {
        IntStream.range(0, 5).forEach(i -> begin(UNTIL_COMPLETION));
        time.advance(LIFE.plusMillis(999));
        assertThat(begin(UNTIL_COMPLETION.by(OTHER))).isInstanceOf(Decision.Refused.class);

        time.advance(Duration.ofMillis(1));

        IntStream.range(0, 5)
                .forEach(i -> assertThat(begin(UNTIL_COMPLETION.by(OTHER))).isInstanceOf(Decision.Taken.class));
    }

    @Test
    void aLeaseThatRunsOutLeavesTheQueue() {
        begin(ONE_AT_ONCE.by(OTHER));
        begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100);
        time.advance(Duration.ofSeconds(9));
        goOn(ONE_AT_ONCE.by(OTHER));
        time.advance(Duration.ofSeconds(1));
        end(ONE_AT_ONCE.by(OTHER));

        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aLeaseThatGoesOnKeepsItsCalls() {
        begin(ONE_AT_ONCE);
        for (int i = 0; i < 20; i++) {
            time.advance(Duration.ofSeconds(9));
            assertThat(goOn(ONE_AT_ONCE)).isTrue();
        }

        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void anEndThatArrivesTwiceEndsOneCall() {
        Way two = new Way(NO_WINDOW, MINE, 2, CountUntil.COMPLETION);
        begin(two);
        begin(two);

        assertThat(List.of(end(two, 100), end(two, 100))).containsExactly(true, true);

        assertThat(begin(two)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(two)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void ofALeaseThatIsNotKnownNothingEnds() {
        begin(ONE_AT_ONCE);

        assertThat(end(ONE_AT_ONCE.by(OTHER))).isFalse();
        assertThat(notMade(ONE_AT_ONCE.by(OTHER), 1)).isFalse();
        assertThat(goOn(ONE_AT_ONCE.by(OTHER))).isFalse();

        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Refused.class);
    }

    private Decision goOnWith(Way way, Duration maxWait, long id) {
        Flight flight = new Flight(way.lease, LIFE, way.cap, way.countUntil, CreditStore.LeaseUse.GO_ON);
        List<Request> requests = List.of(new Request(1, maxWait.toNanos() / 1_000, id));
        Call call = new Call(key, way.limits, Duration.ZERO, Duration.ZERO, Optional.of(flight), requests, SECOND);
        return store.take(call).toCompletableFuture().join().decisions().get(0);
    }

    @Test
    void whoGoesOnWithALeaseThatIsKnownBeginsACall() {
        Way two = new Way(NO_WINDOW, MINE, 2, CountUntil.COMPLETION);
        begin(two);

        assertThat(goOnWith(two, Duration.ZERO, 100)).isInstanceOf(Decision.Taken.class);

        assertThat(begin(two)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whoGoesOnWithALeaseThatRanOutIsToldSoAndTakesNothing() {
        begin(ONE_AT_ONCE_OF_FIVE);
        time.advance(LIFE);

        assertThat(goOnWith(ONE_AT_ONCE_OF_FIVE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Lost.class);

        assertThat(end(ONE_AT_ONCE_OF_FIVE)).isFalse();
        assertThat(begin(ONE_AT_ONCE_OF_FIVE.by(OTHER))).isInstanceOf(Decision.Taken.class);
        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void whoGoesOnWithALeaseOfAKeyThatIsNotKnownIsToldSo() {
        assertThat(goOnWith(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Lost.class);

        assertThat(goOn(ONE_AT_ONCE)).isFalse();
    }

    @Test
    void whoIsQueuedGoesOnWithHisLease() {
        begin(ONE_AT_ONCE.by(OTHER));
        begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100);

        assertThat(goOnWith(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Queued.class);

        end(ONE_AT_ONCE.by(OTHER));
        assertThat(goOnWith(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aRequestThatArrivesTwiceIsOneCall() {
        Way two = new Way(NO_WINDOW, MINE, 2, CountUntil.COMPLETION);

        assertThat(begin(two, Duration.ZERO, 100)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(two, Duration.ZERO, 100)).isInstanceOf(Decision.Taken.class);

        assertThat(begin(two)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aCallThatIsNotMadeGivesItsCreditBackAtOnce() {
        IntStream.rangeClosed(1, 5).forEach(i -> begin(UNTIL_COMPLETION, Duration.ZERO, 100 + i));

        notMade(UNTIL_COMPLETION, 105);

        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whoWithdrawsAfterHeWasCalledUpGivesHisCreditBack() {
        begin(ONE_AT_ONCE_OF_FIVE);
        begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);
        end(ONE_AT_ONCE_OF_FIVE);

        withdraw(ONE_AT_ONCE_OF_FIVE.by(OTHER), 100);

        assertThat(begin(ONE_AT_ONCE_OF_FIVE)).isInstanceOf(Decision.Taken.class);
        assertThat(take(3)).isInstanceOf(Decision.Taken.class);
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whoWithdrawsFromTheQueueEndsNoCall() {
        begin(ONE_AT_ONCE);
        begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100);

        withdraw(ONE_AT_ONCE, 100);
        withdraw(ONE_AT_ONCE, 100);

        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Refused.class);
        end(ONE_AT_ONCE);
        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aRequestThatWasRefusedHasNothingToWithdraw() {
        begin(ONE_AT_ONCE);
        assertThat(begin(ONE_AT_ONCE, Duration.ZERO, 100)).isInstanceOf(Decision.Refused.class);

        assertThat(withdraw(ONE_AT_ONCE, 100)).isTrue();

        assertThat(begin(ONE_AT_ONCE)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whoAsksForTheLastTimeLeavesTheQueue() {
        begin(ONE_AT_ONCE);
        begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100);
        assertThat(begin(ONE_AT_ONCE, Duration.ZERO, 100)).isInstanceOf(Decision.Refused.class);
        end(ONE_AT_ONCE);

        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void oneWhoNamesNoWindowKeepsToTheCapBesideThoseWhoDo() {
        begin(ONE_AT_ONCE_OF_FIVE);

        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Refused.class);
        end(ONE_AT_ONCE_OF_FIVE);
        assertThat(begin(ONE_AT_ONCE.by(OTHER))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aPauseHoldsWhoIsQueued() {
        begin(ONE_AT_ONCE);
        begin(ONE_AT_ONCE.by(OTHER), Duration.ofMinutes(1), 100);
        store.pause(key, Duration.ofSeconds(5)).toCompletableFuture().join();
        end(ONE_AT_ONCE);

        Decision called = begin(ONE_AT_ONCE.by(OTHER), Duration.ofMinutes(1), 100);

        assertThat(called).isInstanceOf(Decision.Taken.class);
        assertThat(called.at() - now()).isEqualTo(5_000_000);
    }

    /** Of {@link #ONE_AT_ONCE_OF_FIVE}: one credit is used, and the other instance has been called up for the next. */
    private void callUp(long request) {
        begin(ONE_AT_ONCE_OF_FIVE);
        begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), request);
        end(ONE_AT_ONCE_OF_FIVE);
    }

    @Test
    void whoWasCalledUpHasHisCreditAtTheTimeHeComes() {
        callUp(100);
        time.advance(Duration.ofMillis(300));

        Decision called = begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);

        assertThat(called).isInstanceOf(Decision.Taken.class);
        assertThat(called.at()).isEqualTo(now());
        time.advance(Duration.ofMillis(999));
        assertThat(take(5)).isInstanceOf(Decision.Refused.class);
        time.advance(Duration.ofMillis(1));
        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void nobodyTakesTheCreditOfOneWhoWasCalledUpHoweverLateHeComes() {
        callUp(100);
        time.advance(Duration.ofSeconds(9));

        assertThat(take(5)).isInstanceOf(Decision.Refused.class);
        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
        Decision called = begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);
        assertThat(called.at()).isEqualTo(now());
        assertThat(called.remaining()).isZero();
    }

    @Test
    void whoWasCalledUpBeforeAPauseIsHeldByIt() {
        callUp(100);
        time.advance(Duration.ofMillis(10));
        store.pause(key, Duration.ofSeconds(5)).toCompletableFuture().join();

        Decision called = begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);

        assertThat(called).isInstanceOf(Decision.Taken.class);
        assertThat(called.at() - now()).isEqualTo(5_000_000);
    }

    @Test
    void whoWasCalledUpAndNeverComesHasTakenNothing() {
        callUp(100);
        time.advance(LIFE);

        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
        assertThat(begin(ONE_AT_ONCE_OF_FIVE)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void whoComesLateLeavesThoseInLineTheirTimesAndMayGiveBack() {
        long begun = now();
        callUp(100);
        take(3);
        long next = begun + 1_000_000;
        assertThat(take(1, Duration.ZERO, SECOND).at()).isEqualTo(next);
        time.advance(Duration.ofMillis(10));
        Decision called = begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);
        assertThat(called.at()).isEqualTo(begun + 10_000);

        assertThat(store.refund(key, 1, called.at()).toCompletableFuture().join())
                .isEqualTo(1);

        assertThat(take(4, Duration.ZERO, SECOND).at()).isEqualTo(next);
        assertThat(take(1, Duration.ZERO, SECOND)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aPaceIsKeptBehindOneWhoWasCalledUp() {
        Duration pace = Duration.ofMillis(200);
        callUp(100);
        time.advance(Duration.ofMillis(300));
        assertThat(take(1, pace, Duration.ZERO)).isInstanceOf(Decision.Refused.class);

        begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);

        assertThat(take(1, pace, SECOND).at() - now()).isEqualTo(200_000);
    }

    @Test
    void nothingIsLeftBehindWhenAllCallsHaveEnded() {
        Decision first = begin(ONE_AT_ONCE_OF_FIVE);
        end(ONE_AT_ONCE_OF_FIVE);

        assertThat(store.refund(key, 1, first.at()).toCompletableFuture().join())
                .isEqualTo(1);

        assertThat(goOn(ONE_AT_ONCE_OF_FIVE)).isFalse();
        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void creditsOfOneKeyCountTogetherHoweverTheyWereTaken() {
        take(2);
        begin(UNTIL_COMPLETION);

        assertThat(take(2).remaining()).isZero();
        assertThat(begin(UNTIL_COMPLETION)).isInstanceOf(Decision.Refused.class);
        time.advance(SECOND);
        assertThat(take(5)).isInstanceOf(Decision.Refused.class);
        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aPaceSpreadsCreditsOverTheWindow() {
        Duration pace = Duration.ofMillis(200);
        long first = take(1, pace, SECOND).at();

        assertThat(IntStream.range(0, 4).mapToLong(i -> take(1, pace, SECOND).at() - first))
                .containsExactly(200_000L, 400_000L, 600_000L, 800_000L);
    }

    @Test
    void aPaceIsCountedFromTheBeginOfTheCallBefore() {
        Duration pace = Duration.ofMillis(200);
        begin(UNTIL_COMPLETION);
        begin(UNTIL_COMPLETION);
        time.advance(Duration.ofMillis(150));
        end(UNTIL_COMPLETION);

        assertThat(take(1, pace, SECOND).at() - now()).isEqualTo(50_000);
    }

    /** Another method, for one, that says nothing of a cap. */
    @Test
    void aPacedCreditThatComesBackLeavesThePaceOfCallsInFlight() {
        Duration pace = Duration.ofMillis(200);
        long begun = begin(UNTIL_COMPLETION).at();
        Decision paced = take(1, pace, SECOND);
        assertThat(paced.at() - begun).isEqualTo(200_000);

        store.refund(key, 1, paced.at()).toCompletableFuture().join();

        assertThat(take(1, pace, SECOND).at() - begun).isEqualTo(200_000);
    }

    @Test
    void aPacedCreditThatComesBackLeavesThePaceOfOneWhoWasCalledUp() {
        Duration pace = Duration.ofMillis(200);
        callUp(100);
        Decision inLine = take(1, Duration.ZERO, SECOND);

        store.refund(key, 1, inLine.at()).toCompletableFuture().join();

        assertThat(take(1, pace, Duration.ZERO)).isInstanceOf(Decision.Refused.class);
        Decision called = begin(ONE_AT_ONCE_OF_FIVE.by(OTHER), Duration.ofMinutes(1), 100);
        assertThat(take(1, pace, SECOND).at() - called.at()).isEqualTo(200_000);
    }

    @Test
    void whoStatesNoCapLiftsNobodysCap() {
        begin(ONE_AT_ONCE);
        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Queued.class);

        begin(UNTIL_COMPLETION.by(OTHER));

        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Queued.class);
    }

    /** While a smaller cap is being rolled out, for one. */
    @Test
    void whoStatesALargerCapLiftsNoSmallerOne() {
        begin(ONE_AT_ONCE);
        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Queued.class);

        end(THREE_AT_ONCE.by(OTHER)); // of nothing

        assertThat(begin(ONE_AT_ONCE, Duration.ofMinutes(1), 100)).isInstanceOf(Decision.Queued.class);
    }
}
