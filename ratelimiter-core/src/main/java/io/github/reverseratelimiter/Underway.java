package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what still needs the store, so that it is not closed under it. */
final class Underway {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    /** One of them is the limiter, until it is closed. */
    private final AtomicInteger count = new AtomicInteger(1);

    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** Something more needs the store; false if that is closed already. Each success is matched by one {@link #end()}. */
    boolean begin() {
        int seen = count.get();
        while (seen > 0) {
            if (count.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = count.get();
        }
        return false;
    }

    void end() {
        if (count.decrementAndGet() == 0) {
            over.complete(null);
        }
    }

    /** The limiter itself needs the store no more; waits for whoever still does, but not for longer than that. */
    void endAndAwaitOthers(Duration longest) {
        end();
        try {
            over.get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "The store is closed under those who still need it", e);
        } finally {
            count.set(0);
        }
    }
}
