package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.denied;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A caller without a thread that does not wait, while its only trip is under way. */
class AsyncTripTest {

    private static final Executor NEW_THREAD = task -> new Thread(task, "executor").start();
    /** By the manual clock; the end of a limiter waits so long by the real one, for calls that nobody ended. */
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration SOON = STORE_TIMEOUT.dividedBy(2);
    private static final Denied NO = new Denied(SECOND, Reason.EXHAUSTED, 0);

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<String> heardIn = Collections.synchronizedList(new ArrayList<>());
    private final ReverseRateLimiter limiter = builder().build();

    private ReverseRateLimiterBuilder builder() {
        return ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .storeTimeout(STORE_TIMEOUT)
                .listener(new Notes());
    }

    private final class Notes implements RateLimiterListener {

        private void note(String event) {
            heard.add(event);
            heardIn.add(Thread.currentThread().getName());
        }

        @Override
        public void granted(CreditRequest request, Granted granted) {
            note("granted");
        }

        @Override
        public void denied(CreditRequest request, Denied denied) {
            note("denied");
        }

        @Override
        public void abandoned(CreditRequest request, Throwable failure) {
            note("abandoned");
        }

        @Override
        public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
            note("store failed");
        }
    }

    private static int pending(ReverseRateLimiter limiter) {
        return ((DefaultReverseRateLimiter) limiter).pending().size();
    }

    /** Nothing of the call is left that would hold up the end of the limiter. */
    private void closesAtOnce() {
        assertThat(pending(limiter)).isZero();
        assertThat(((DefaultReverseRateLimiter) limiter).deadlines().size())
                .as("deadlines that are kept")
                .isZero();
        long begin = System.nanoTime();
        limiter.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
        assertThat(store.events).endsWith("close");
    }

    private static void endsSoon(Thread closing) throws InterruptedException {
        closing.join(SOON.toMillis());
        assertThat(closing.isAlive()).isFalse();
    }

    /** How a caller ends its future itself. */
    record GoingAway(String name, Consumer<CompletableFuture<Acquisition>> how) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<GoingAway> waysToGo() {
        return Stream.of(
                new GoingAway("cancel", future -> future.cancel(false)),
                new GoingAway("complete", future -> future.complete(NO)),
                new GoingAway("fail", future -> future.completeExceptionally(new IllegalStateException("mine"))),
                new GoingAway("orTimeout", future -> future.orTimeout(1, TimeUnit.MILLISECONDS)),
                new GoingAway("completeOnTimeout", future -> future.completeOnTimeout(NO, 1, TimeUnit.MILLISECONDS)),
                new GoingAway("completeAsync", future -> future.completeAsync(() -> NO)),
                new GoingAway("completeAsync here", future -> future.completeAsync(() -> NO, Runnable::run)),
                new GoingAway("obtrudeValue", future -> future.obtrudeValue(NO)),
                new GoingAway(
                        "obtrudeException", future -> future.obtrudeException(new IllegalStateException("mine"))));
    }

    @ParameterizedTest
    @MethodSource("waysToGo")
    void whoeverGoesAwayGivesBackWhatTheReplyBrings(GoingAway away) {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);
        assertThat(pending(limiter)).isEqualTo(1);

        away.how.accept(future);

        await().until(() -> !heard.isEmpty());
        assertThat(heard).containsExactly("abandoned");
        assertThat(store.refunds).isEmpty();
        assertThat(pending(limiter)).isZero();
        reply.complete(store.taken(Duration.ZERO));
        assertThat(store.refunds).hasSize(1);
        sleeper.pass(STORE_TIMEOUT.plusSeconds(1));
        assertThat(heard).containsExactly("abandoned");
        closesAtOnce();
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    @ParameterizedTest
    @MethodSource("waysToGo")
    void whoeverGoesAwayWhileTheAnswerIsOnItsWayGivesItBack(GoingAway away) {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter other = builder().executor(tasks::add).build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);
        reply.complete(store.taken(Duration.ZERO));
        assertThat(tasks).hasSize(1);

        away.how.accept(future);
        await().until(future::isDone);
        tasks.get(0).run();

        assertThat(heard).containsExactly("abandoned");
        assertThat(store.refunds).hasSize(1);
        assertThat(pending(other)).isZero();
    }

    @Test
    void isToldWhatTheReplySays() {
        CompletableFuture<Reply> first = store.thenAnswersLater();
        CompletableFuture<Reply> second = store.thenAnswersLater();
        CompletableFuture<Reply> third = store.thenAnswersLater();
        CompletableFuture<Acquisition> granted = limiter.acquireAsync(ONE);
        CompletableFuture<Acquisition> refused = limiter.acquireAsync(ONE);
        CompletableFuture<Acquisition> paused = limiter.acquireAsync(ONE);
        long now = time.micros();
        time.advance(millis(2));

        first.complete(reply(now, new Decision.Taken(now, 3, now + 700_000)));
        second.complete(reply(now, new Decision.Refused(now + 300_000, 1, now + 300_000)));
        third.complete(reply(now, new Decision.Paused(now + 400_000, 0, now + 400_000)));

        assertThat(granted(granted.join()).remaining()).isEqualTo(3);
        assertThat(granted(granted.join()).waited()).isEqualTo(millis(2));
        assertThat(granted(granted.join()).retryAfter()).isEqualTo(millis(700));
        assertThat(refused.join()).isEqualTo(new Denied(millis(300), Reason.EXHAUSTED, 1));
        assertThat(paused.join()).isEqualTo(new Denied(millis(400), Reason.PAUSED, 0));
        assertThat(heard).containsExactly("granted", "denied", "denied");
        closesAtOnce();
        assertThat(store.refunds).isEmpty();
    }

    private static Reply reply(long now, Decision decision) {
        return new Reply(now, 0, false, List.of(decision));
    }

    @Test
    void aRefusalIsRemembered() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> asked = limiter.acquireAsync(ONE);
        reply.complete(store.refused(millis(300)));
        int trips = store.calls.size();

        assertThat(denied(limiter.acquireAsync(ONE).join()).reason()).isEqualTo(Reason.EXHAUSTED);

        assertThat(asked).isCompleted();
        assertThat(store.calls).hasSize(trips);
    }

    @Test
    void aTripThatIsOverdueIsNoDecisionAndWhatItBringsIsGivenBack() {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);

        sleeper.pass(STORE_TIMEOUT);

        assertThat(denied(future.join()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(heard).containsExactly("store failed", "denied");
        assertThat(pending(limiter)).isZero();
        reply.complete(store.taken(Duration.ZERO));
        assertThat(store.refunds).hasSize(1);
        assertThat(heard).containsExactly("store failed", "denied");
        closesAtOnce();
    }

    @Test
    void creditsThatComeTooLateAreGivenBackAndTakenAnew() {
        limiter.acquire(CreditRequest.of("other", FIVE)); // so that the clock is known
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);
        Reply taken = store.taken(Duration.ZERO);
        time.advance(millis(45));

        reply.complete(taken);

        assertThat(granted(future.join())).isNotNull();
        assertThat(store.events).containsExactly("take", "take", "refund", "take");
        closesAtOnce();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new CreditStoreException("away"),
                new CreditStoreMisconfiguredException("no such thing"),
                new UnsupportedOperationException("what"),
                new NoClassDefFoundError("io/lettuce/core/Something"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aStoreThatFailsIsToldAsIfItHadFailedAtOnce(Throwable failure) {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);

        reply.completeExceptionally(failure);

        if (failure.getClass() == CreditStoreException.class) {
            assertThat(denied(future.join()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
            assertThat(heard).containsExactly("store failed", "denied");
        } else {
            assertThatThrownBy(future::join)
                    .isInstanceOf(CompletionException.class)
                    .hasStackTraceContaining(failure.getMessage());
            assertThat(heard).containsExactly("abandoned");
        }
        closesAtOnce();
    }

    @Test
    void aStoreThatAnswersWhatItMustNotIsToldSo() {
        CompletableFuture<@Nullable Reply> nothing = new CompletableFuture<>();
        store.then(call -> nothing.thenApply(reply -> reply));
        CompletableFuture<Reply> two = store.thenAnswersLater();
        CompletableFuture<Acquisition> first = limiter.acquireAsync(ONE);
        CompletableFuture<Acquisition> second = limiter.acquireAsync(ONE);
        Decision decision = new Decision.Taken(time.micros(), 1, time.micros());

        nothing.complete(null);
        two.complete(new Reply(time.micros(), 0, false, List.of(decision, decision)));

        assertThat(first).isCompletedExceptionally();
        assertThatThrownBy(second::join).hasMessageContaining("2 decisions for one request");
        closesAtOnce();
    }

    @Test
    void aTimerThatCannotBeStartedIsAFailedFuture() {
        Sleeper broken = new Sleeper() {
            @Override
            public void sleep(long nanos) {}

            @Override
            public Runnable schedule(Runnable task, long nanos, Executor executor) {
                throw new OutOfMemoryError("unable to create native thread");
            }

            @Override
            public void close() {}
        };
        ReverseRateLimiter other = builder().time(time, broken).build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();

        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);

        assertThatThrownBy(future::join).hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(heard).containsExactly("abandoned");
        assertThat(pending(other)).isZero();
        reply.complete(store.taken(Duration.ZERO));
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void theEndOfTheLimiterIsToldAtOnceAndTheStoreClosedWhenTheReplyIsGivenBack() throws InterruptedException {
        ReverseRateLimiter other = builder().executor(NEW_THREAD).build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);

        Thread closing = closing(other);

        assertThatThrownBy(future::join).hasMessageContaining("closed while waiting");
        assertThat(store.events).containsExactly("take");
        reply.complete(store.taken(Duration.ZERO));
        endsSoon(closing);
        assertThat(store.events).containsExactly("take", "refund", "close");
        assertThat(heard).containsExactly("abandoned");
        assertThat(pending(other)).isZero();
    }

    /** Begun, and waiting for those who need the store yet. */
    private static Thread closing(ReverseRateLimiter limiter) {
        Thread closing = new Thread(limiter::close, "closing");
        closing.start();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> closing.getState() == Thread.State.TIMED_WAITING || !closing.isAlive());
        return closing;
    }

    @Test
    void aTripThatBeginsWhileTheLimiterIsClosedEndsToo() throws InterruptedException {
        AtomicReference<ReverseRateLimiter> other = new AtomicReference<>();
        AtomicReference<Thread> closing = new AtomicReference<>();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        store.then(call -> {
            closing.set(closing(other.get()));
            return reply;
        });
        other.set(builder().executor(NEW_THREAD).build());

        CompletableFuture<Acquisition> future = other.get().acquireAsync(ONE);

        assertThatThrownBy(future::join).hasMessageContaining("closed while waiting");
        reply.complete(store.taken(Duration.ZERO));
        endsSoon(closing.get());
        assertThat(store.events).containsExactly("take", "refund", "close");
        assertThat(pending(other.get())).isZero();
    }

    /** The trip is known to whoever ends the call, from the moment that he may. */
    @Test
    void theLimiterIsClosedWhileAnOverdueTripIsHandedOn() throws InterruptedException {
        AtomicReference<ReverseRateLimiter> other = new AtomicReference<>();
        AtomicReference<Thread> closing = new AtomicReference<>();
        AtomicBoolean armed = new AtomicBoolean();
        CompletableFuture<Reply> reply = new CompletableFuture<>() {
            @Override
            public boolean isDone() {
                if (armed.getAndSet(false)) {
                    closing.set(closing(other.get()));
                }
                return super.isDone();
            }
        };
        store.then(call -> reply);
        other.set(builder().executor(NEW_THREAD).build());
        CompletableFuture<Acquisition> future = other.get().acquireAsync(ONE);
        armed.set(true);

        sleeper.pass(STORE_TIMEOUT);

        await().until(future::isDone);
        await().until(() -> closing.get() != null);
        assertThat(store.events).containsExactly("take");
        reply.complete(store.taken(Duration.ZERO));
        endsSoon(closing.get());
        assertThat(store.events).containsExactly("take", "refund", "close");
    }

    /** Runs something once, in the middle of what the thread of the store does. */
    private final class HookedTime implements TimeSource {

        private final AtomicReference<Runnable> hook = new AtomicReference<>(() -> {});

        @Override
        public long nanoTime() {
            if (Thread.currentThread().getName().equals("driver")) {
                hook.getAndSet(() -> {}).run();
            }
            return time.nanoTime();
        }
    }

    /** A grant that comes later than its margin allows. */
    private final class LateReply {

        private final ReverseRateLimiter asked;
        private final CompletableFuture<Acquisition> future;
        private final CompletableFuture<Reply> reply;
        private final Reply taken;

        LateReply(TimeSource clock) {
            asked = builder().time(clock, sleeper).executor(NEW_THREAD).build();
            asked.acquire(CreditRequest.of("other", FIVE)); // so that the store's clock is known
            reply = store.thenAnswersLater();
            future = asked.acquireAsync(ONE);
            taken = store.taken(Duration.ZERO);
            time.advance(millis(400));
        }

        void comes() {
            reply.complete(taken);
        }
    }

    private static void inAThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theCallerCancelsAndTheLimiterIsClosedWhileALateReplyIsHandedOn() throws InterruptedException {
        HookedTime hooked = new HookedTime();
        LateReply late = new LateReply(hooked);
        AtomicReference<Thread> closing = new AtomicReference<>();
        hooked.hook.set(() -> {
            late.future.cancel(false);
            closing.set(closing(late.asked));
        });

        inAThread("driver", late::comes);
        endsSoon(closing.get());

        assertThat(store.events).containsExactly("take", "take", "refund", "close");
        await().untilAsserted(() -> assertThat(heard).containsExactly("granted", "abandoned"));
    }

    @Test
    void listenersAreNotToldInTheThreadOfTheStore() {
        HookedTime hooked = new HookedTime();
        LateReply late = new LateReply(hooked);
        hooked.hook.set(() -> inAThread("canceller", () -> late.future.cancel(false)));

        inAThread("driver", late::comes);

        await().untilAsserted(() -> assertThat(heard).containsExactly("granted", "abandoned"));
        assertThat(heardIn.get(1)).isEqualTo("executor");
    }

    /** Replies, failures, deadlines and cancellations at random: what was taken is somebody's or comes back, and each call is told of once. */
    @Test
    void whateverHappensNothingIsLostAndNobodyIsToldTwice() throws InterruptedException {
        int calls = 2_000;
        Random random = new Random(20_261_130);
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger used = new AtomicInteger();
        ScheduledExecutorService world = Executors.newScheduledThreadPool(3);
        store.usually = call -> {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            boolean fails = random.nextInt(20) == 0;
            world.schedule(
                    () -> {
                        if (fails) {
                            reply.completeExceptionally(new CreditStoreException("away"));
                        } else {
                            taken.incrementAndGet();
                            reply.complete(store.taken(Duration.ZERO));
                        }
                    },
                    random.nextInt(4_000),
                    TimeUnit.MICROSECONDS);
            return reply;
        };
        ReverseRateLimiter other = ReverseRateLimiter.builder(store)
                .time(time, Sleeper.system())
                .storeTimeout(millis(3))
                .listener(new Notes())
                .build();
        for (int i = 0; i < calls; i++) {
            CompletableFuture<Acquisition> future = other.acquireAsync(ONE);
            var unused = future.thenAccept(answer -> {
                if (answer instanceof Granted granted && granted.basis() instanceof Acquisition.Basis.Store) {
                    used.incrementAndGet();
                }
            });
            world.schedule(() -> future.cancel(false), random.nextInt(6_000), TimeUnit.MICROSECONDS);
            if (i % 20 == 0) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        world.shutdown();
        assertThat(world.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

        await().untilAsserted(
                        () -> assertThat(used.get() + store.refunds.size()).isEqualTo(taken.get()));
        await().untilAsserted(() -> assertThat(heard.stream().filter(event -> !event.equals("store failed")))
                .hasSize(calls));
        assertThat(pending(other)).isZero();
        other.close();
    }
}
