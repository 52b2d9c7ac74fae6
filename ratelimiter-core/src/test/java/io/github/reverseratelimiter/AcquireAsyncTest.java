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

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.ScriptedCreditStore.Refund;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a caller without a thread is told, and what it gives back when it goes away. */
class AcquireAsyncTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter =
            builder().executor(Runnable::run).maxWaiters(1).build();

    private ReverseRateLimiterBuilder builder() {
        return ReverseRateLimiter.builder(store).time(time, sleeper).storeTimeout(millis(50));
    }

    @Test
    void isCompleteAtOnceWhereTheAnswerIsThere() {
        store.thenGrantsIn(Duration.ZERO).thenRefusesFor(millis(300));

        CompletableFuture<Acquisition> first = limiter.acquireAsync(ONE);
        CompletableFuture<Acquisition> second = limiter.acquireAsync(ONE);

        assertThat(first).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(second).isCompletedWithValue(new Denied(millis(300), Reason.EXHAUSTED, 0));
        assertThat(sleeper.scheduled()).isZero();
    }

    @Test
    void functionsRunInTheCallersThreadWhereTheAnswerIsThere() {
        ReverseRateLimiter other = builder()
                .executor(task -> {
                    throw new AssertionError("not here");
                })
                .build();
        AtomicReference<Thread> ranIn = new AtomicReference<>();

        other.acquireAsync(ONE).thenAccept(answer -> ranIn.set(Thread.currentThread()));

        assertThat(ranIn).hasValue(Thread.currentThread());
    }

    @Test
    void functionsRunInTheExecutorAfterAWait() throws InterruptedException {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
        ReverseRateLimiter other = builder().executor(executor).build();
        store.thenGrantsIn(millis(300));
        AtomicReference<String> ranIn = new AtomicReference<>();
        CompletableFuture<Void> done = other.acquireAsync(within(SECOND))
                .thenAccept(answer -> ranIn.set(Thread.currentThread().getName()));

        sleeper.pass(SECOND);

        assertThat(done).succeedsWithin(Duration.ofSeconds(10));
        assertThat(ranIn).hasValue("mine");
        executor.shutdown();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Who takes again there, and blocks, would wait for a reply that its own thread should bring. */
    @Test
    void functionsRunInTheExecutorAfterARefundOrAPauseToo() {
        List<Runnable> tasks = new ArrayList<>();
        List<String> ran = new ArrayList<>();
        ReverseRateLimiter other = builder().executor(tasks::add).build();
        CompletableFuture<Integer> refunded = new CompletableFuture<>();
        CompletableFuture<CreditStore.Held> paused = new CompletableFuture<>();
        store.whenRefunded = refund -> refunded;
        store.whenPaused = duration -> paused;
        var first = other.refund(granted(other.acquire(ONE))).thenAccept(dropped -> ran.add("refund"));
        var second = other.pause(ACME, SECOND).thenAccept(nothing -> ran.add("pause"));

        refunded.complete(1);
        paused.complete(new CreditStore.Held(time.micros(), 1_000_000));

        assertThat(ran).isEmpty();
        tasks.forEach(Runnable::run);
        assertThat(ran).containsExactly("refund", "pause");
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void functionsRunInTheExecutorAfterATripNotInTheThreadOfTheStore() {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter other = builder().executor(tasks::add).build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);

        reply.complete(store.taken(Duration.ZERO));

        assertThat(future).isNotDone();
        tasks.forEach(Runnable::run);
        assertThat(future).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void waitsExactlyAsLongAsItIsTold() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));

        sleeper.pass(millis(299));
        assertThat(future).isNotDone();
        sleeper.pass(millis(1));

        assertThat(granted(future.join()).waited()).isEqualTo(millis(300));
        assertThat(sleeper.scheduled()).isZero();
    }

    @Test
    void asksAgainAsOftenAsItMay() {
        store.usually = call -> ScriptedCreditStore.done(store.refused(millis(100)));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE.retries(2));

        sleeper.pass(millis(200));

        assertThat(future).isCompletedWithValue(new Denied(millis(100), Reason.EXHAUSTED, 0));
        assertThat(store.calls).hasSize(3);
    }

    @Test
    void sleepsLongerByWhatAPauseAdds() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));
        limiter.pause(ACME, Duration.ofSeconds(2)).join();

        sleeper.pass(millis(2_299));
        assertThat(future).isNotDone();
        sleeper.pass(millis(1));

        assertThat(future).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void takesAnewWhereItWakesTooLate() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));
        time.advance(millis(400));

        sleeper.pass(Duration.ZERO);

        assertThat(future).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(store.events).containsExactly("take", "refund", "take");
    }

    /** Nobody could give back what that brought. */
    @Test
    void takesNothingAnewWhereTheLimiterIsClosedMeanwhile() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));
        store.whenRefunded = refund -> {
            limiter.close();
            return ScriptedCreditStore.done(1);
        };

        time.advance(SECOND);
        sleeper.pass(Duration.ZERO);

        assertThat(future).isCompletedExceptionally();
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @Test
    void aCancelledWaitGivesItsCreditBackAndLeavesNothingBehind() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future =
                limiter.acquireAsync(within(SECOND).credits(2));

        assertThat(future.cancel(false)).isTrue();

        assertThat(store.refunds).containsExactly(new Refund(ACME, 2, store.at(millis(300))));
        assertThat(sleeper.scheduled()).isZero();
        sleeper.pass(SECOND);
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void cancelledDuringTheTripItGivesBackWhatTheReplyBrings() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));

        future.cancel(false);
        assertThat(store.refunds).isEmpty();
        reply.complete(store.taken(millis(300)));

        assertThat(store.refunds).containsExactly(new Refund(ACME, 1, store.at(millis(300))));
    }

    @Test
    void cancelledInTheMomentOfTheReplyItGivesBackAllTheSame() {
        AtomicReference<CompletableFuture<Acquisition>> future = new AtomicReference<>();
        store.thenRefusesFor(millis(100));
        store.then(call -> {
            future.get().cancel(false);
            return ScriptedCreditStore.done(store.taken(Duration.ZERO));
        });
        future.set(limiter.acquireAsync(ONE.retries(1)));

        sleeper.pass(millis(100));

        assertThat(future.get()).isCancelled();
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void cancelledWhileTheAnswerIsOnItsWayItGivesBackAllTheSame() {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter other = builder().executor(tasks::add).build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);
        reply.complete(store.taken(Duration.ZERO));

        future.cancel(false);
        tasks.forEach(Runnable::run);

        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void cancelledAfterCompletionItGivesNothingBack() {
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);

        assertThat(future.cancel(false)).isFalse();

        assertThat(store.refunds).isEmpty();
    }

    @Test
    void whoLosesPatienceInAnotherWayGivesBackAtOnceToo() {
        store.thenGrantsIn(millis(300)).thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> timedOut = limiter.acquireAsync(within(SECOND));
        timedOut.completeExceptionally(new TimeoutException("orTimeout"));
        CompletableFuture<Acquisition> replaced = limiter.acquireAsync(within(SECOND));
        replaced.complete(new Denied(SECOND, Reason.EXHAUSTED, 0));

        assertThat(store.refunds).hasSize(2);
        assertThat(sleeper.scheduled()).isZero();
    }

    @Test
    void aWaitersPlaceIsFreeAgainHoweverItsWaitEnded() {
        store.thenRefusesFor(SECOND)
                .thenFailsWith(new CreditStoreException("away"))
                .thenFailsWith(new IllegalArgumentException("a bug"))
                .then(call -> {
                    throw new IllegalArgumentException("a bug");
                })
                .thenGrantsIn(millis(300));
        for (int i = 0; i < 4; i++) {
            assertThat(limiter.acquireAsync(within(SECOND))).isDone();
        }
        limiter.acquireAsync(within(SECOND)).cancel(false);
        store.thenRefusesFor(Duration.ofSeconds(2));

        Acquisition answer = limiter.acquireAsync(within(SECOND)).join();

        assertThat(denied(answer).reason()).isEqualTo(Reason.WAIT_TOO_LONG);
    }

    @Test
    void itsPlaceIsFreeBeforeItsCallerLearnsTheAnswer() {
        store.thenGrantsIn(millis(300)).thenRefusesFor(Duration.ofSeconds(2));
        CompletableFuture<Acquisition> chain =
                limiter.acquireAsync(within(SECOND)).thenCompose(answer -> limiter.acquireAsync(within(SECOND)));

        sleeper.pass(millis(300));

        assertThat(denied(chain.join()).reason()).isEqualTo(Reason.WAIT_TOO_LONG);
    }

    @Test
    void moreWaitersThanTheCapAreDeniedAtOnce() {
        store.thenGrantsIn(millis(300)).thenRefusesFor(SECOND);
        CompletableFuture<Acquisition> first = limiter.acquireAsync(within(SECOND));

        CompletableFuture<Acquisition> second = limiter.acquireAsync(within(SECOND));

        assertThat(second).isCompletedWithValue(new Denied(SECOND, Reason.TOO_MANY_WAITERS, 0));
        assertThat(first).isNotDone();
    }

    @Test
    void aStoreThatDoesNotAnswerInTimeIsUnavailableAndItsLateReplyIsGivenBack() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));

        sleeper.pass(millis(49));
        assertThat(future).isNotDone();
        sleeper.pass(millis(1));

        assertThat(future).isCompletedWithValue(new Denied(millis(50), Reason.STORE_UNAVAILABLE, 0));
        assertThat(store.refunds).isEmpty();
        reply.complete(store.taken(Duration.ZERO));
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void oneTimerWatchesAllTripsAndEndsWithTheLastOfThem() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Reply> another = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);
        CompletableFuture<Acquisition> second = limiter.acquireAsync(ONE);
        assertThat(sleeper.scheduled()).isEqualTo(1);

        reply.complete(store.taken(Duration.ZERO));
        another.complete(store.taken(Duration.ZERO));
        sleeper.pass(millis(50));

        assertThat(future).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(second).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(sleeper.scheduled()).isZero();
        assertThat(store.refunds).isEmpty();
    }

    @Test
    void aStoreThatCannotBeUsedIsAnException() {
        store.thenFailsWith(new CreditStoreMisconfiguredException("wrong password", new RuntimeException()));

        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .withCauseInstanceOf(CreditStoreMisconfiguredException.class);
    }

    @Test
    void aStoreThatThrowsWhileItIsAskedAgainIsAnException() {
        store.thenRefusesFor(millis(100)).then(call -> {
            throw new IllegalArgumentException("a bug");
        });
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE.retries(1));

        sleeper.pass(millis(100));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .withCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExecutorThatRefusesLosesNoAnswer() {
        ReverseRateLimiter other = builder()
                .executor(task -> {
                    throw new RejectedExecutionException("shut down");
                })
                .build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> asked = other.acquireAsync(ONE);
        CompletableFuture<Acquisition> waiting = other.acquireAsync(within(SECOND));

        reply.complete(store.taken(Duration.ZERO));
        sleeper.pass(millis(300));

        assertThat(asked).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(waiting).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    /** As the default one on a small machine, where there are as many threads as may be. */
    @Test
    void anExecutorThatCannotStartAThreadLosesNoAnswer() {
        ReverseRateLimiter other = builder()
                .executor(task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                })
                .build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> asked = other.acquireAsync(ONE);

        reply.complete(store.taken(Duration.ZERO));

        assertThat(asked).isCompletedWithValueMatching(Granted.class::isInstance);
    }

    @Test
    void inTheDefaultExecutorAFunctionThatBlocksDoesNotHoldUpOthers() {
        ReverseRateLimiter other = builder().build();
        CountDownLatch gate = new CountDownLatch(1);
        store.thenGrantsIn(millis(300)).thenGrantsIn(millis(300));
        CompletableFuture<Void> blocked = other.acquireAsync(within(SECOND)).thenAccept(answer -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        CompletableFuture<Acquisition> free = other.acquireAsync(within(SECOND));

        sleeper.pass(millis(300));

        assertThat(free).succeedsWithin(Duration.ofSeconds(20));
        assertThat(blocked).isNotDone();
        gate.countDown();
        assertThat(blocked).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void tenThousandWaitersParkNoThread() {
        RateLimit limit = RateLimit.of(10_000, Duration.ofHours(1));
        CreditRequest request = CreditRequest.of("acme", limit).maxWait(Duration.ofHours(3));
        try (ReverseRateLimiter real = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .maxWaiters(20_000)
                .build()) {
            real.acquire(request.credits(10_000));
            real.acquireAsync(request).cancel(false);
            int before = ManagementFactory.getThreadMXBean().getThreadCount();

            List<CompletableFuture<Acquisition>> waiting = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                waiting.add(real.acquireAsync(request));
            }

            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(before + 10);
            waiting.forEach(future -> future.cancel(false));
        }
    }
}
