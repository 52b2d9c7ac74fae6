package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * What callers are told of a refund or a pause: what the store says, or that it has had its time. What is chained to that may
 * block, so it does not run in the thread that brings the store's replies.
 */
final class Confirmations {

    private final Duration storeTimeout;
    private final Sleeper sleeper;
    private final Executor executor;
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    Confirmations(Duration storeTimeout, Sleeper sleeper, Executor executor) {
        this.storeTimeout = storeTimeout;
        this.sleeper = sleeper;
        this.executor = executor;
    }

    /**
     * The store's answer, in time.
     *
     * @param what it was asked to do, as in "give back"
     */
    @SuppressWarnings("UndefinedEquals") // each is equal to itself only, which is meant
    <T> CompletableFuture<T> of(CompletableFuture<T> answer, String what) {
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<T> told = new CompletableFuture<>();
        pending.add(told);
        Runnable stopTimer;
        try {
            stopTimer =
                    sleeper.schedule(() -> told.completeExceptionally(overdue(what)), storeTimeout.toNanos(), executor);
        } catch (IllegalStateException closed) {
            pending.remove(told);
            return CompletableFuture.failedFuture(closed);
        }
        var unused = answer.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        told.complete(value);
                    } else {
                        told.completeExceptionally(failure);
                    }
                },
                executor);
        return told.whenComplete((value, failure) -> {
            pending.remove(told);
            stopTimer.run();
        });
    }

    private CreditStoreException overdue(String what) {
        return new CreditStoreException(
                CreditStoreException.Reason.TIMEOUT,
                "the store did not " + what + " within " + Durations.text(storeTimeout)
                        + ", and may do so yet: look at its load and the network, or give it more time");
    }

    /** Nobody waits for the store any more. */
    void close() {
        pending.forEach(told -> told.completeExceptionally(
                new IllegalStateException("the limiter was closed before the store answered")));
    }
}
