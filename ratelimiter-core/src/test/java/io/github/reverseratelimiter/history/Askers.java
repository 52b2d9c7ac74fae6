package io.github.reverseratelimiter.history;

import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Callers of a limiter who ask all the time until they are closed, and the limiter with them; a thread for each request. */
final class Askers implements AutoCloseable {

    private final Queue<Grant> grants = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final ReverseRateLimiter limiter;

    Askers(ReverseRateLimiter limiter, List<CreditRequest> requests) {
        this.limiter = limiter;
        for (CreditRequest request : requests) {
            Thread thread = new Thread(() -> ask(request));
            thread.setUncaughtExceptionHandler((any, failure) -> failures.add(failure));
            thread.start();
            threads.add(thread);
        }
    }

    private void ask(CreditRequest request) {
        while (!over.get()) {
            if (limiter.acquire(request) instanceof Granted granted && granted.basis() instanceof Basis.Store basis) {
                long at = basis.credit().at();
                grants.add(new Grant(at, 1, at, at, Thread.currentThread().getName()));
            } else {
                LockSupport.parkNanos(500_000);
            }
        }
    }

    /** What the store granted them so far. */
    List<Grant> grants() {
        return List.copyOf(grants);
    }

    /** What ended a caller: nothing should. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Returns when they were granted so many more, or one of them has ended. */
    void untilGranted(int more) {
        int enough = grants.size() + more;
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> grants.size() >= enough || !failures.isEmpty());
    }

    @Override
    public void close() {
        over.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        limiter.close();
    }
}
