package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever interrupts or cancels a request, and whenever: what it took is its caller's, or is given back, once. */
class GivenBackTest {

    private static final int CALLERS = 1_000;

    /** Counts what is taken and given back, by its time; replies arrive some time later, in other threads. */
    private static final class CountingCreditStore implements CreditStore {

        private final CreditStore store = new InMemoryCreditStore();
        private final ScheduledExecutorService network = Executors.newScheduledThreadPool(2);
        private final ConcurrentHashMap<Long, Integer> held = new ConcurrentHashMap<>();
        private final Random random;

        CountingCreditStore(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public CompletionStage<Reply> take(Call call) {
            return store.take(call).thenCompose(reply -> {
                if (reply.decisions().get(0) instanceof Decision.Taken taken) {
                    held.merge(taken.at(), call.requests().get(0).credits(), Integer::sum);
                }
                return arrives(reply);
            });
        }

        private <T> CompletionStage<T> arrives(T reply) {
            int delay;
            synchronized (random) {
                delay = random.nextInt(3);
            }
            if (delay == 0) {
                return CompletableFuture.completedFuture(reply);
            }
            CompletableFuture<T> arrival = new CompletableFuture<>();
            network.schedule(() -> arrival.complete(reply), delay, TimeUnit.MILLISECONDS);
            return arrival;
        }

        @Override
        public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
            return store.takeAll(calls);
        }

        @Override
        public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
            held.merge(at, -credits, Integer::sum);
            return store.refund(key, credits, at).thenCompose(this::arrives);
        }

        @Override
        public CompletionStage<Held> pause(CreditKey key, Duration duration) {
            return store.pause(key, duration);
        }

        @Override
        public void close() {
            network.shutdown();
            store.close();
        }
    }

    @Test
    void aThousandRandomInterruptionsAndCancellationsLoseNothingAndGiveNothingBackTwice() throws InterruptedException {
        long seed = System.nanoTime();
        CountingCreditStore store = new CountingCreditStore(seed);
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
                .storeTimeout(Duration.ofSeconds(30))
                .maxWaiters(CALLERS)
                .build();
        CreditRequest request = CreditRequest.of("acme", RateLimit.of(40, millis(100)))
                .margin(millis(50))
                .maxWait(millis(100));
        ConcurrentHashMap<Long, Integer> granted = new ConcurrentHashMap<>();
        AtomicInteger interrupted = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        Random random = new Random(seed);
        List<Thread> threads = new ArrayList<>();
        Semaphore atOnce = new Semaphore(60);
        ScheduledExecutorService killer = Executors.newScheduledThreadPool(1);

        for (int i = 0; i < CALLERS; i++) {
            atOnce.acquire();
            CreditRequest mine = request.credits(1 + random.nextInt(3));
            int patience = random.nextInt(60_000);
            if (i % 2 == 0) {
                CompletableFuture<Acquisition> future = limiter.acquireAsync(mine);
                CompletableFuture<Void> noted = future.thenAccept(answer -> note(answer, granted));
                future.whenComplete((answer, failure) -> atOnce.release());
                killer.schedule(
                        () -> {
                            if (future.cancel(false)) {
                                cancelled.incrementAndGet();
                            } else {
                                noted.join();
                            }
                        },
                        patience,
                        TimeUnit.MICROSECONDS);
            } else {
                Thread thread = new Thread(() -> {
                    try {
                        note(limiter.acquire(mine), granted);
                    } catch (AcquireInterruptedException e) {
                        interrupted.incrementAndGet();
                    } finally {
                        atOnce.release();
                    }
                });
                thread.start();
                threads.add(thread);
                killer.schedule(thread::interrupt, patience, TimeUnit.MICROSECONDS);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        killer.shutdown();
        assertThat(killer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        limiter.close();

        store.held.values().removeIf(credits -> credits == 0);
        assertThat(store.held).as("seed %s", seed).isEqualTo(granted);
        assertThat(granted).isNotEmpty();
        assertThat(interrupted).as("interrupted, seed %s", seed).hasValueGreaterThan(20);
        assertThat(cancelled).as("cancelled, seed %s", seed).hasValueGreaterThan(20);
    }

    private static void note(Acquisition answer, ConcurrentHashMap<Long, Integer> granted) {
        if (answer instanceof Acquisition.Granted grant && grant.basis() instanceof Acquisition.Basis.Store basis) {
            granted.merge(basis.credit().at(), basis.credit().credits(), Integer::sum);
        }
    }

    @Test
    void whatCancelledWaitersHeldIsFreeForOthers() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RateLimit limit = RateLimit.of(1_000, Duration.ofHours(1));
        CreditRequest request =
                CreditRequest.of("acme", limit).margin(Duration.ZERO).maxWait(Duration.ofHours(2));
        try (ReverseRateLimiter limiter =
                ReverseRateLimiter.builder(new InMemoryCreditStore()).build()) {
            limiter.acquire(request.credits(1_000));
            List<Runnable> ends = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                if (i % 10 == 0) {
                    Thread thread = new Thread(() -> assertInterrupted(limiter, request));
                    thread.start();
                    threads.add(thread);
                    ends.add(thread::interrupt);
                } else {
                    CompletableFuture<Acquisition> future = limiter.acquireAsync(request);
                    ends.add(() -> future.cancel(false));
                }
            }
            Collections.shuffle(ends, random);

            ends.forEach(Runnable::run);
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(limiter.acquire(request.credits(1_000).waiting(Waiting.none()))
                            .retryAfter())
                    .as("seed %s", seed)
                    .isLessThanOrEqualTo(Duration.ofHours(1));
        }
    }

    private static void assertInterrupted(ReverseRateLimiter limiter, CreditRequest request) {
        try {
            limiter.acquire(request);
            throw new AssertionError("not interrupted");
        } catch (AcquireInterruptedException e) {
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
    }
}
