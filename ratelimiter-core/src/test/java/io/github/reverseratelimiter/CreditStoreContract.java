package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store must do, ours or yours: extend it and hand it your store on a clock that the test moves. After each
 * test it looks at all grants: no window holds more than the limit.
 */
public abstract class CreditStoreContract {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RateLimit FIVE = RateLimit.of(5, SECOND);
    private static final AtomicLong KEYS = new AtomicLong();

    private final ManualTime time = new ManualTime();
    private final CreditKey key = new CreditKey("contract", "key-" + System.nanoTime() + "-" + KEYS.incrementAndGet());
    private final TreeMap<Long, Integer> grants = new TreeMap<>();
    private final List<RateLimit> checked = new ArrayList<>(List.of(FIVE));
    private long ids;
    private CreditStore store;

    /** A store whose clock is {@code time}; state of other tests may be in it. */
    protected abstract CreditStore store(ManualTime time);

    /** What the store holds of a key, where that can be seen. */
    protected Optional<String> state(CreditKey inspected) {
        return Optional.empty();
    }

    /** Looks at the state of a key after a test (in Redis: that it has a TTL). */
    protected void inspect(CreditKey inspected) {}

    @BeforeEach
    final void open() {
        store = store(time);
    }

    @AfterEach
    final void noWindowHoldsMoreThanTheLimit() {
        for (RateLimit limit : checked) {
            for (long begin : grants.keySet()) {
                int sum = grants.subMap(begin, begin + limit.windowMicros()).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
                assertThat(sum).as("credits from %s on, limit %s", begin, limit).isLessThanOrEqualTo(limit.limit());
            }
        }
        inspect(key);
        store.close();
    }

    /** Asks, and notes what was granted. */
    protected final Reply ask(List<RateLimit> limits, Duration margin, int credits, Duration maxWait) {
        Reply reply = store.take(new Call(
                        key, limits, margin, List.of(new Request(credits, maxWait.toNanos() / 1_000, ++ids)), SECOND))
                .toCompletableFuture()
                .join();
        Decision decision = reply.decisions().get(0);
        assertThat(decision.remaining())
                .isBetween(0, limits.stream().mapToInt(RateLimit::limit).min().orElseThrow());
        if (decision instanceof Decision.Taken taken) {
            grants.merge(taken.at(), credits, Integer::sum);
        }
        return reply;
    }

    private Decision take(int credits) {
        return ask(List.of(FIVE), Duration.ZERO, credits, Duration.ZERO)
                .decisions()
                .get(0);
    }

    private Reply queue(int credits, Duration maxWait) {
        return ask(List.of(FIVE), Duration.ZERO, credits, maxWait);
    }

    private int refund(long at, int credits) {
        int dropped = store.refund(key, credits, at).toCompletableFuture().join();
        if (dropped > 0) {
            grants.merge(at, -dropped, Integer::sum);
        }
        return dropped;
    }

    @Test
    void grantsUpToTheLimitAndCountsDown() {
        for (int left = 4; left >= 0; left--) {
            assertThat(take(1)).isInstanceOf(Decision.Taken.class);
            assertThat(take(5)).isInstanceOf(Decision.Refused.class);
        }

        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void saysHowManyRemain() {
        assertThat(List.of(take(1).remaining(), take(2).remaining(), take(5).remaining(), take(2).remaining()))
                .containsExactly(4, 2, 2, 0);
    }

    @Test
    void saysWhenToComeBackAndKeepsItsWord() {
        take(5);
        time.advance(Duration.ofMillis(300));
        Reply denied = queue(1, Duration.ZERO);

        long wait = denied.decisions().get(0).at() - denied.now();

        assertThat(wait).isEqualTo(700_000);
        time.advance(Duration.ofNanos(wait * 1_000 - 1_000));
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
        time.advance(Duration.ofNanos(1_000));
        assertThat(take(1)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void saysWhenTheNextCreditIsFree() {
        Reply first = queue(4, Duration.ZERO);
        assertThat(first.decisions().get(0).next()).isEqualTo(first.now());

        time.advance(Duration.ofMillis(100));
        Reply second = queue(1, Duration.ZERO);

        assertThat(second.decisions().get(0).next()).isEqualTo(first.now() + 1_000_000);
    }

    @Test
    void sevenCreditsAtOnceAreSevenTimesOne() {
        RateLimit ten = RateLimit.of(10, SECOND);
        checked.set(0, ten);

        Decision decision =
                ask(List.of(ten), Duration.ZERO, 7, Duration.ZERO).decisions().get(0);

        assertThat(decision.remaining()).isEqualTo(3);
        assertThat(ask(List.of(ten), Duration.ZERO, 4, Duration.ZERO)
                        .decisions()
                        .get(0))
                .isInstanceOf(Decision.Refused.class);
        assertThat(ask(List.of(ten), Duration.ZERO, 3, Duration.ZERO)
                        .decisions()
                        .get(0))
                .isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aWaitIsAPlaceInTheLine() {
        take(5);
        Reply first = queue(1, SECOND);
        time.advance(Duration.ofMillis(10));
        Reply second = queue(5, Duration.ofSeconds(3));

        assertThat(first.decisions().get(0)).isInstanceOf(Decision.Taken.class);
        assertThat(first.decisions().get(0).at()).isEqualTo(first.now() + 1_000_000);
        assertThat(second.decisions().get(0).at()).isEqualTo(first.now() + 2_000_000);
    }

    @Test
    void nobodyOvertakesAWaiter() {
        take(3);
        Reply five = queue(5, Duration.ofSeconds(2));

        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
        assertThat(queue(1, Duration.ofSeconds(9)).decisions().get(0).at())
                .isGreaterThan(five.decisions().get(0).at());
    }

    @Test
    void aWaitThatCannotFitIsRefusedAtOnceAndTakesNothing() {
        take(5);

        assertThat(queue(1, Duration.ofMillis(999)).decisions().get(0)).isInstanceOf(Decision.Refused.class);

        time.advance(SECOND);
        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void refusingCostsNothing() {
        take(5);
        for (int i = 0; i < 50; i++) {
            time.advance(Duration.ofMillis(10));
            take(1);
        }
        time.advance(Duration.ofMillis(500));

        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void theMarginWidensTheWindow() {
        Duration margin = Duration.ofMillis(20);
        ask(List.of(FIVE), margin, 5, Duration.ZERO);
        time.advance(Duration.ofMillis(1_019));
        assertThat(ask(List.of(FIVE), margin, 1, Duration.ZERO).decisions().get(0))
                .isInstanceOf(Decision.Refused.class);

        time.advance(Duration.ofMillis(1));

        assertThat(ask(List.of(FIVE), margin, 1, Duration.ZERO).decisions().get(0))
                .isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aWiderMarginSeesTheSameHistory() {
        take(5);
        time.advance(Duration.ofMillis(1_010));

        assertThat(ask(List.of(FIVE), Duration.ofMillis(20), 1, Duration.ZERO)
                        .decisions()
                        .get(0))
                .isInstanceOf(Decision.Refused.class);
        assertThat(take(1)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void severalWindowsAreTakenAllOrNone() {
        RateLimit seven = RateLimit.of(7, Duration.ofMinutes(1));
        checked.add(seven);
        List<RateLimit> both = List.of(FIVE, seven);

        assertThat(ask(both, Duration.ZERO, 5, Duration.ZERO).decisions().get(0).remaining())
                .isZero();
        time.advance(SECOND);
        assertThat(ask(both, Duration.ZERO, 3, Duration.ZERO).decisions().get(0))
                .isInstanceOf(Decision.Refused.class);
        assertThat(ask(both, Duration.ZERO, 2, Duration.ZERO).decisions().get(0).remaining())
                .isZero();
        time.advance(SECOND);
        Reply denied = ask(both, Duration.ZERO, 1, Duration.ZERO);
        assertThat(denied.decisions().get(0).at() - denied.now()).isEqualTo(58_000_000);
    }

    @Test
    void whoNamesOtherWindowsIsCheckedAgainstAllOfThem() {
        RateLimit seven = RateLimit.of(7, Duration.ofMinutes(1));
        checked.add(seven);
        ask(List.of(FIVE), Duration.ZERO, 5, Duration.ZERO);
        time.advance(SECOND);
        Reply other = ask(List.of(seven), Duration.ZERO, 2, Duration.ZERO);
        assertThat(other.decisions().get(0)).isInstanceOf(Decision.Taken.class);
        assertThat(other.otherLimits()).isTrue();

        time.advance(SECOND);

        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aWindowThatNobodyNamesAnyMoreIsForgotten() {
        RateLimit minute = RateLimit.of(7, Duration.ofMinutes(1));
        ask(List.of(FIVE, minute), Duration.ZERO, 5, Duration.ZERO);
        for (int i = 0; i < 180; i++) {
            time.advance(SECOND);
            take(1);
        }

        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aLoweredLimitHoldsAtOnce() {
        checked.set(0, RateLimit.of(10, SECOND));
        ask(List.of(RateLimit.of(10, SECOND)), Duration.ZERO, 6, Duration.ZERO);

        Decision decision = take(1);

        assertThat(decision).isInstanceOf(Decision.Refused.class);
        assertThat(decision.remaining()).isZero();
    }

    @Test
    void aRaisedLimitHoldsAtOnce() {
        RateLimit ten = RateLimit.of(10, SECOND);
        checked.set(0, ten);
        take(5);

        assertThat(ask(List.of(ten), Duration.ZERO, 5, Duration.ZERO)
                        .decisions()
                        .get(0))
                .isInstanceOf(Decision.Taken.class);
        assertThat(ask(List.of(ten), Duration.ZERO, 1, Duration.ZERO)
                        .decisions()
                        .get(0))
                .isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aRefundFreesTheEndOfTheLine() {
        take(5);
        Reply waiting = queue(1, Duration.ofSeconds(5));
        queue(4, Duration.ofSeconds(5));

        assertThat(refund(waiting.decisions().get(0).at(), 1)).isEqualTo(1);

        Reply next = queue(1, Duration.ofSeconds(5));
        assertThat(next.decisions().get(0).at()).isEqualTo(next.now() + 1_000_000);
    }

    @Test
    void aRefundOfACreditThatWasNotUsedFreesItNow() {
        Reply taken = queue(5, Duration.ZERO);
        time.advance(Duration.ofMillis(10));

        assertThat(refund(taken.decisions().get(0).at(), 2)).isEqualTo(2);

        assertThat(take(2)).isInstanceOf(Decision.Taken.class);
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aRefundOfATimeThatNothingWasGrantedForDoesNothing() {
        Reply taken = queue(5, Duration.ZERO);

        assertThat(refund(taken.now() + 1, 1)).isZero();
        assertThat(refund(taken.now() - 1, 1)).isZero();

        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void aRefundOfWhatWasGivenBackDoesNothing() {
        RateLimit two = RateLimit.of(2, SECOND);
        RateLimit nine = RateLimit.of(9, Duration.ofMinutes(1));
        checked.set(0, two);
        checked.add(nine);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            times.add(ask(List.of(two, nine), Duration.ZERO, 1, Duration.ZERO)
                    .decisions()
                    .get(0)
                    .at());
            time.advance(Duration.ofMillis(900 + 4_000 * i));
        }

        // The ring of two credits knows after two refunds only that the first one was granted no later than the second.
        assertThat(List.of(refund(times.get(2), 1), refund(times.get(1), 1), refund(times.get(1), 1)))
                .containsExactly(1, 1, 0);
        assertThat(refund(times.get(0), 1)).isEqualTo(1);
    }

    @Test
    void aRefundThatIsAskedForAgainIsDoneOnceAndNotAtTheCostOfOthers() {
        List<CreditStore.Request> callers = List.of(
                new CreditStore.Request(1, 0, CreditStore.Request.newId()),
                new CreditStore.Request(1, 0, CreditStore.Request.newId()));
        Reply both = store.take(new Call(key, List.of(FIVE), Duration.ZERO, callers, SECOND))
                .toCompletableFuture()
                .join();
        CreditStore.Refund refund = new CreditStore.Refund(
                1,
                both.decisions().get(0).at(),
                CreditStore.Request.newId(),
                callers.get(0).id(),
                both.now());
        time.advance(Duration.ofMillis(1));

        assertThat(store.refund(key, refund).toCompletableFuture().join()).isEqualTo(1);
        assertThat(store.refundAgain(key, refund).toCompletableFuture().join()).isZero();

        assertThat(take(5)).isInstanceOf(Decision.Refused.class);
        assertThat(take(4)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aWholeLineCanBeCancelledFromItsEnd() {
        take(5);
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            places.add(queue(1, Duration.ofSeconds(60)).decisions().get(0).at());
        }
        for (int i = places.size() - 1; i >= 0; i--) {
            assertThat(refund(places.get(i), 1)).isEqualTo(1);
        }

        Reply next = queue(1, Duration.ofSeconds(60));

        assertThat(next.decisions().get(0).at()).isEqualTo(next.now() + 1_000_000);
    }

    @Test
    void aPauseHoldsTheKeyAndMovesTheLine() {
        take(5);
        Reply waiting = queue(1, Duration.ofSeconds(5));
        CreditStore.Held paused =
                store.pause(key, Duration.ofSeconds(10)).toCompletableFuture().join();
        long held = paused.held();
        grants.remove(waiting.decisions().get(0).at());
        grants.put(waiting.decisions().get(0).at() + held, 1);

        Reply denied = queue(1, Duration.ZERO);
        Reply later = queue(5, Duration.ofSeconds(20));

        assertThat(held).isEqualTo(10_000_000);
        assertThat(paused.now()).isBetween(waiting.now(), denied.now());
        assertThat(denied.decisions().get(0)).isInstanceOf(Decision.Paused.class);
        assertThat(denied.held()).isEqualTo(held);
        assertThat(later.decisions().get(0).at()).isEqualTo(later.now() + 12_000_000);
    }

    @Test
    void aPauseOfAKeyThatNobodyUsedHolds() {
        store.pause(key, Duration.ofSeconds(10)).toCompletableFuture().join();
        store.pause(key, Duration.ofSeconds(5)).toCompletableFuture().join();

        Reply denied = queue(1, Duration.ZERO);

        assertThat(denied.decisions().get(0)).isInstanceOf(Decision.Paused.class);
        assertThat(denied.decisions().get(0).at() - denied.now()).isEqualTo(10_000_000);
        time.advance(Duration.ofSeconds(10));
        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aClockThatStepsBackBlocksForOneWindowAtMost() {
        take(5);
        time.advance(Duration.ofHours(-1));
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);

        time.advance(Duration.ofMillis(999));
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
        time.advance(Duration.ofMillis(1));

        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aRequestThatArrivesTwiceIsChargedOnce() {
        Call call = new Call(key, List.of(FIVE), Duration.ZERO, List.of(new Request(3, 0, 77)), SECOND);
        Decision first =
                store.take(call).toCompletableFuture().join().decisions().get(0);
        grants.put(first.at(), 3);

        Decision second =
                store.take(call).toCompletableFuture().join().decisions().get(0);

        assertThat(second).isEqualTo(first);
        assertThat(take(2)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aTripDecidesItsRequestsInOrder() {
        Call call = new Call(
                key,
                List.of(FIVE),
                Duration.ZERO,
                List.of(new Request(3, 0, 1001), new Request(3, 0, 1002), new Request(2, 0, 1003)),
                SECOND);

        List<Decision> decisions = store.take(call).toCompletableFuture().join().decisions();

        grants.put(decisions.get(0).at(), 5);
        assertThat(decisions.get(0)).isInstanceOf(Decision.Taken.class);
        assertThat(decisions.get(1)).isInstanceOf(Decision.Refused.class);
        assertThat(decisions.get(1).remaining()).isEqualTo(2);
        assertThat(decisions.get(2)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void manyThreadsTogetherGetNoMoreThanTheLimit() {
        RateLimit hundred = RateLimit.of(100, SECOND);
        AtomicLong id = new AtomicLong(1_000_000);
        LongAdder granted = new LongAdder();

        CompletableFuture.allOf(IntStream.range(0, 8)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                            for (int i = 0; i < 40; i++) {
                                Request one = new Request(1, 0, id.incrementAndGet());
                                Call call = new Call(key, List.of(hundred), Duration.ZERO, List.of(one), SECOND);
                                Decision decision = store.take(call)
                                        .toCompletableFuture()
                                        .join()
                                        .decisions()
                                        .get(0);
                                granted.add(decision instanceof Decision.Taken ? 1 : 0);
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();

        assertThat(granted.sum()).isEqualTo(100);
    }

    @Test
    void aLargeLimitNeverErrsOnTheUnsafeSide() {
        RateLimit large = RateLimit.of(1_000_000, SECOND);
        checked.set(0, large);
        int granted = 0;
        for (int i = 0; i < 400; i++) {
            time.advance(Duration.ofMillis(10));
            if (ask(List.of(large), Duration.ZERO, 10_000, Duration.ZERO)
                            .decisions()
                            .get(0)
                    instanceof Decision.Taken) {
                granted++;
            }
        }

        assertThat(granted).isBetween(390, 400);
    }

    @Test
    void aLimitOfManyCreditsIsFilledToTheLast() {
        // Long, since the TTL of a state runs in real time, however the test's clock stands.
        RateLimit many = RateLimit.of(4_000, Duration.ofHours(1));
        checked.set(0, many);
        for (int i = 0; i < 4_000; i++) {
            assertThat(ask(List.of(many), Duration.ZERO, 1, Duration.ZERO)
                            .decisions()
                            .get(0))
                    .isInstanceOf(Decision.Taken.class);
            if (i % 100 == 0) {
                time.advance(Duration.ofMillis(1));
            }
        }

        Reply denied = ask(List.of(many), Duration.ZERO, 1, Duration.ZERO);

        assertThat(denied.decisions().get(0)).isInstanceOf(Decision.Refused.class);
        assertThat(denied.decisions().get(0).at()).isEqualTo(grants.firstKey() + many.windowMicros());
    }

    private final CreditKey other = new CreditKey("contract", key.value() + "-other");

    private static Call call(CreditKey key, int credits, long id, RateLimit... limits) {
        return new Call(key, List.of(limits), Duration.ZERO, List.of(new Request(credits, 0, id)), SECOND);
    }

    /** Takes of both keys, as many of each as said, and notes what was granted of the first. */
    private List<Reply> takeBoth(int credits, int ofTheOther) {
        long id = ++ids;
        return takeAll(call(key, credits, id, FIVE), call(other, ofTheOther, id, FIVE));
    }

    private List<Reply> takeAll(Call... calls) {
        List<Reply> replies =
                store.takeAll(List.of(calls)).toCompletableFuture().join();
        for (int i = 0; i < calls.length; i++) {
            if (calls[i].key().equals(key) && decision(replies.get(i)) instanceof Decision.Taken taken) {
                grants.merge(taken.at(), calls[i].requests().get(0).credits(), Integer::sum);
            }
        }
        return replies;
    }

    private static Decision decision(Reply reply) {
        return reply.decisions().get(0);
    }

    private static long wait(Reply reply) {
        return decision(reply).at() - reply.now();
    }

    private Decision takeOther(int credits, Duration maxWait) {
        Request request = new Request(credits, maxWait.toNanos() / 1_000, ++ids);
        Call call = new Call(other, List.of(FIVE), Duration.ZERO, List.of(request), SECOND);
        return decision(store.take(call).toCompletableFuture().join());
    }

    @Test
    void severalKeysAreTakenTogether() {
        take(2);

        List<Reply> replies = takeBoth(1, 3);

        assertThat(replies)
                .extracting(CreditStoreContract::decision)
                .hasOnlyElementsOfType(Decision.Taken.class)
                .extracting(Decision::remaining)
                .containsExactly(2, 2);
        assertThat(take(2)).isInstanceOf(Decision.Taken.class);
        assertThat(take(1)).isInstanceOf(Decision.Refused.class);
        assertThat(takeOther(2, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
        assertThat(takeOther(1, Duration.ZERO)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void ofSeveralKeysNoneIsTakenWhereOneIsSpent() {
        take(5);
        time.advance(Duration.ofMillis(300));
        takeOther(1, Duration.ZERO);

        List<Reply> replies = takeBoth(1, 3);

        assertThat(replies)
                .extracting(CreditStoreContract::decision)
                .hasOnlyElementsOfType(Decision.Refused.class)
                .extracting(Decision::remaining)
                .containsExactly(0, 4);
        assertThat(replies).extracting(CreditStoreContract::wait).containsExactly(700_000L, 0L);
        assertThat(takeOther(4, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void ofSeveralKeysTheOrderDoesNotMatter() {
        takeOther(5, Duration.ZERO);

        List<Reply> replies = takeBoth(1, 1);

        assertThat(replies).extracting(CreditStoreContract::decision).hasOnlyElementsOfType(Decision.Refused.class);
        assertThat(take(5)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void refusingSeveralKeysWritesNothing() {
        take(1);
        takeOther(5, Duration.ZERO);
        List<Optional<String>> before = List.of(state(key), state(other));
        time.advance(Duration.ofMillis(10));

        takeBoth(1, 1);

        assertThat(List.of(state(key), state(other))).isEqualTo(before);
    }

    @Test
    void severalKeysKeepTheirWordTogether() {
        take(5);
        time.advance(Duration.ofMillis(300));
        takeOther(5, Duration.ZERO);
        long latest = takeBoth(1, 1).stream()
                .mapToLong(CreditStoreContract::wait)
                .max()
                .orElseThrow();
        assertThat(latest).isEqualTo(1_000_000);

        time.advance(Duration.ofNanos(latest * 1_000 - 1_000));
        assertThat(decision(takeBoth(1, 1).get(0))).isInstanceOf(Decision.Refused.class);
        time.advance(Duration.ofNanos(1_000));

        assertThat(decision(takeBoth(1, 1).get(0))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aLongLineOfOneKeyDoesNotHoldUpTheOther() {
        take(5);
        for (int i = 0; i < 20; i++) {
            queue(5, Duration.ofMinutes(1));
        }

        List<Reply> replies = takeBoth(1, 1);

        assertThat(wait(replies.get(0))).isEqualTo(21_000_000);
        assertThat(wait(replies.get(1))).isZero();
        assertThat(takeOther(5, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void severalKeysMayHaveSeveralWindowsAndWeights() {
        RateLimit seven = RateLimit.of(7, Duration.ofMinutes(1));
        checked.add(seven);
        long id = ++ids;

        List<Reply> first = takeAll(call(key, 3, id, FIVE, seven), call(other, 50, id, RateLimit.of(100, SECOND)));
        time.advance(SECOND);
        List<Reply> second =
                takeAll(call(key, 5, id + 1, FIVE, seven), call(other, 50, id + 1, RateLimit.of(100, SECOND)));
        ids++;

        assertThat(first).extracting(reply -> decision(reply).remaining()).containsExactly(2, 50);
        assertThat(second).extracting(CreditStoreContract::decision).hasOnlyElementsOfType(Decision.Refused.class);
        assertThat(second).extracting(CreditStoreContract::wait).containsExactly(59_000_000L, 0L);
        assertThat(second).extracting(reply -> decision(reply).remaining()).containsExactly(4, 100);
    }

    @Test
    void ofSeveralKeysOneMayBePaused() {
        store.pause(other, Duration.ofSeconds(10)).toCompletableFuture().join();

        List<Reply> replies = takeBoth(1, 1);

        assertThat(decision(replies.get(0))).isInstanceOf(Decision.Refused.class);
        assertThat(decision(replies.get(1))).isInstanceOf(Decision.Paused.class);
        assertThat(wait(replies.get(1))).isEqualTo(10_000_000);
        assertThat(replies.get(1).held()).isEqualTo(10_000_000);
    }

    @Test
    void severalKeysThatArriveTwiceAreChargedOnce() {
        List<Reply> first = takeAll(call(key, 3, 88, FIVE), call(other, 3, 88, FIVE));
        time.advance(Duration.ofMillis(1));

        List<Reply> second = store.takeAll(List.of(call(key, 3, 88, FIVE), call(other, 3, 88, FIVE)))
                .toCompletableFuture()
                .join();

        assertThat(second).extracting(reply -> decision(reply).at()).containsExactly(wrote(first, 0), wrote(first, 1));
        assertThat(take(2)).isInstanceOf(Decision.Taken.class);
        assertThat(takeOther(2, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
    }

    private static long wrote(List<Reply> replies, int i) {
        assertThat(decision(replies.get(i))).isInstanceOf(Decision.Taken.class);
        return decision(replies.get(i)).at();
    }

    @Test
    void severalKeysThatArriveTwiceAreChargedOnceEvenIfOneHasForgotten() {
        List<Reply> first = takeAll(call(key, 1, 99, FIVE), call(other, 1, 99, FIVE));
        for (int i = 0; i < 7; i++) {
            time.advance(Duration.ofMillis(210));
            assertThat(takeOther(1, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
        }
        time.advance(Duration.ofMillis(400));

        List<Reply> second = store.takeAll(List.of(call(key, 1, 99, FIVE), call(other, 1, 99, FIVE)))
                .toCompletableFuture()
                .join();

        assertThat(second).extracting(reply -> decision(reply).at()).containsExactly(wrote(first, 0), wrote(first, 1));
        assertThat(takeOther(2, Duration.ZERO)).isInstanceOf(Decision.Taken.class);
        assertThat(takeOther(1, Duration.ZERO)).isInstanceOf(Decision.Refused.class);
    }

    @Test
    void whatWasTakenOfSeveralKeysCanBeGivenBack() {
        List<Reply> replies = takeBoth(5, 5);

        assertThat(refund(wrote(replies, 0), 5)).isEqualTo(5);
        assertThat(store.refund(other, 5, wrote(replies, 1))
                        .toCompletableFuture()
                        .join())
                .isEqualTo(5);

        assertThat(decision(takeBoth(5, 5).get(0))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void aClockThatStepsBackBlocksSeveralKeysForOneWindowAtMost() {
        takeBoth(5, 1);
        time.advance(Duration.ofHours(-1));
        assertThat(decision(takeBoth(1, 1).get(0))).isInstanceOf(Decision.Refused.class);

        time.advance(SECOND);

        assertThat(decision(takeBoth(5, 5).get(0))).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void oneKeyTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.takeAll(List.of(call(key, 1, 1, FIVE), call(key, 1, 1, FIVE))))
                .withMessageContaining("the same key");
    }

    @Test
    void manyThreadsThatNameTwoKeysInTwoOrdersGetNoMoreThanEitherLimit() {
        Duration longerThanItTakes =
                Duration.ofMinutes(1); // the time that a key lives passes, also where the test's own stands still
        RateLimit hundred = RateLimit.of(100, longerThanItTakes);
        RateLimit sixty = RateLimit.of(60, longerThanItTakes);
        AtomicLong id = new AtomicLong(2_000_000);
        LongAdder together = new LongAdder();
        LongAdder alone = new LongAdder();

        CompletableFuture.allOf(IntStream.range(0, 8)
                        .mapToObj(thread -> CompletableFuture.runAsync(
                                () -> {
                                    for (int i = 0; i < 40; i++) {
                                        long same = id.incrementAndGet();
                                        Call one = call(key, 1, same, hundred);
                                        Call two = call(other, 1, same, sixty);
                                        List<Call> calls = thread % 2 == 0 ? List.of(one, two) : List.of(two, one);
                                        Decision both = decision(store.takeAll(calls)
                                                .toCompletableFuture()
                                                .join()
                                                .get(0));
                                        together.add(both instanceof Decision.Taken ? 1 : 0);
                                        Decision single =
                                                decision(store.take(call(key, 1, id.incrementAndGet(), hundred))
                                                        .toCompletableFuture()
                                                        .join());
                                        alone.add(single instanceof Decision.Taken ? 1 : 0);
                                    }
                                },
                                task -> new Thread(task).start()))
                        .toArray(CompletableFuture[]::new))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();

        assertThat(together.sum()).isLessThanOrEqualTo(60);
        assertThat(together.sum() + alone.sum()).isEqualTo(100);
        assertThat(60 - together.sum())
                .isEqualTo(decision(store.take(call(other, 1, 1, sixty))
                                        .toCompletableFuture()
                                        .join())
                                .remaining()
                        + (together.sum() < 60 ? 1 : 0));
    }
}
