package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualTime;
import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever waits when the limiter is closed learns so at once, and its credits come back before the store is closed. */
class ClosingTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Executor NEW_THREAD = task -> new Thread(task).start();

    private final ManualTime time = new ManualTime();
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, Sleeper.system())
            .storeTimeout(Duration.ofSeconds(5))
            .build();

    private CompletableFuture<Acquisition> blocked(CreditRequest request) {
        int before = store.calls.size();
        CompletableFuture<Acquisition> answer =
                CompletableFuture.supplyAsync(() -> limiter.acquire(request), NEW_THREAD);
        await().until(() -> store.calls.size() > before);
        return answer;
    }

    /** Asks in a way that takes nothing. */
    private static boolean isClosed(ReverseRateLimiter limiter) {
        Thread.currentThread().interrupt();
        try {
            limiter.acquire(ONE);
            return false;
        } catch (AcquireInterruptedException e) {
            return false;
        } catch (IllegalStateException e) {
            return true;
        } finally {
            Thread.interrupted();
        }
    }

    private static void learnsThatItIsClosed(CompletableFuture<Acquisition> caller) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> caller.orTimeout(10, TimeUnit.SECONDS).join())
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessage("the limiter was closed while waiting for limiter 'github': the credits were given back");
    }

    @Test
    void aBlockedCallerLearnsAtOnceAndItsCreditComesBackFirst() {
        store.thenGrantsIn(LONG);
        CompletableFuture<Acquisition> caller = blocked(within(LONG));

        limiter.close();

        learnsThatItIsClosed(caller);
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void aBlockedCallerBetweenRetriesLearnsAtOnce() {
        store.thenRefusesFor(LONG);
        CompletableFuture<Acquisition> caller = blocked(ONE.retries(1));

        limiter.close();

        learnsThatItIsClosed(caller);
        assertThat(store.events).containsExactly("take", "close");
    }

    @Test
    void anAsynchronousCallerLearnsAtOnceAndItsCreditComesBackFirst() {
        store.thenGrantsIn(LONG);
        CompletableFuture<Acquisition> caller = limiter.acquireAsync(within(LONG));

        limiter.close();

        learnsThatItIsClosed(caller);
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void whoIsLastInTheLineGivesBackFirst() {
        List<CompletableFuture<Acquisition>> callers = new ArrayList<>();
        for (int minute : List.of(20, 50, 10, 40, 30)) {
            store.thenGrantsIn(Duration.ofMinutes(minute));
            callers.add(minute < 30 ? limiter.acquireAsync(within(LONG)) : blocked(within(LONG)));
        }
        List<Long> fromTheEnd = Stream.of(50, 40, 30, 20, 10)
                .map(minute -> store.at(Duration.ofMinutes(minute)))
                .toList();
        await().until(() -> limiter instanceof DefaultReverseRateLimiter open
                && open.pending().size() == callers.size());

        limiter.close();

        callers.forEach(ClosingTest::learnsThatItIsClosed);
        assertThat(store.refunds).extracting(ScriptedCreditStore.Refund::at).containsExactlyElementsOf(fromTheEnd);
    }

    @Test
    void waitsForARefundThatIsUnderWay() {
        CompletableFuture<Integer> refunded = new CompletableFuture<>();
        store.thenGrantsIn(LONG);
        store.whenRefunded = refund -> refunded;
        limiter.acquireAsync(within(LONG));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(limiter::close, NEW_THREAD);
        await().until(() -> store.events.contains("refund"));
        assertThat(store.events).doesNotContain("close");

        refunded.complete(1);

        assertThat(closing).succeedsWithin(Duration.ofSeconds(4));
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void waitsForATripThatIsUnderWayAndGivesBackWhatItBrings() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> caller = limiter.acquireAsync(within(LONG));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(limiter::close, NEW_THREAD);
        learnsThatItIsClosed(caller);

        reply.complete(store.taken(Duration.ZERO));

        assertThat(closing).succeedsWithin(Duration.ofSeconds(4));
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void aBlockedCallerWhoseTripIsUnderWayDoesNotBeginToWait() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> caller = blocked(within(LONG));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(limiter::close, NEW_THREAD);
        await().until(() -> isClosed(limiter));

        reply.complete(store.taken(LONG));

        learnsThatItIsClosed(caller);
        assertThat(closing).succeedsWithin(Duration.ofSeconds(4));
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void doesNotWaitForeverForAStoreThatHangs() {
        ReverseRateLimiter other = ReverseRateLimiter.builder(store)
                .time(TimeSource.system(), Sleeper.system())
                .storeTimeout(millis(50))
                .build();
        store.thenAnswersLater();
        other.acquireAsync(ONE);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(other::close, NEW_THREAD);

        assertThat(closing).succeedsWithin(Duration.ofSeconds(4));
        assertThat(store.events).endsWith("close");
    }

    @Test
    void nothingIsTakenAfterwards() {
        limiter.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> limiter.tryAcquire("acme", FIVE))
                .withMessage("the limiter is closed");
        assertThatIllegalStateException().isThrownBy(() -> limiter.acquire("acme", FIVE, SECOND));
        assertThatIllegalStateException().isThrownBy(() -> limiter.acquire(within(SECOND)));
        assertThatIllegalStateException().isThrownBy(() -> limiter.acquireAsync(within(SECOND)));
        assertThat(store.events).containsExactly("close");
    }

    @Test
    void aRefundOrAPauseAfterwardsSaysThatItIsClosed() {
        Granted answer = granted(limiter.acquire(ONE));
        limiter.close();

        assertThat(limiter.refund(answer)).isCompletedExceptionally();
        assertThat(limiter.pause(ACME, SECOND)).isCompletedExceptionally();
        assertThat(store.events).containsExactly("take", "close");
    }

    @Test
    void closingTwiceClosesTheStoreOnce() {
        limiter.close();
        limiter.close();

        assertThat(store.events).containsExactly("close");
    }

    @Test
    void aFunctionChainedToAnAnswerMayCloseTheLimiter() {
        store.thenGrantsIn(millis(1));
        CompletableFuture<Void> closed = limiter.acquireAsync(within(LONG)).thenAccept(answer -> limiter.close());

        assertThat(closed).succeedsWithin(Duration.ofSeconds(4));

        assertThat(store.events).containsExactly("take", "close");
    }

    @Test
    void anInterruptedCloseClosesAllTheSameAndKeepsTheFlag() throws InterruptedException {
        store.thenGrantsIn(LONG);
        store.whenRefunded = refund -> new CompletableFuture<>();
        limiter.acquireAsync(within(LONG));
        AtomicReference<Boolean> flag = new AtomicReference<>(false);
        CountDownLatch done = new CountDownLatch(1);
        Thread closing = new Thread(() -> {
            limiter.close();
            flag.set(Thread.currentThread().isInterrupted());
            done.countDown();
        });
        closing.start();
        await().until(() -> store.events.contains("refund"));

        closing.interrupt();

        assertThat(done.await(4, TimeUnit.SECONDS)).isTrue();
        assertThat(flag).hasValue(true);
        assertThat(store.events).endsWith("close");
    }

    @Test
    void aWaitThatBeginsWhileTheLimiterIsClosedEndsToo() {
        store.then(call -> {
            NEW_THREAD.execute(limiter::close);
            await().until(() -> isClosed(limiter));
            return ScriptedCreditStore.done(store.taken(LONG));
        });

        CompletableFuture<Acquisition> caller = limiter.acquireAsync(within(LONG));

        learnsThatItIsClosed(caller);
        await().untilAsserted(() -> assertThat(store.events).containsExactly("take", "refund", "close"));
    }
}
