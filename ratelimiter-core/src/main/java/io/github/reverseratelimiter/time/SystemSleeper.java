package io.github.reverseratelimiter.time;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Parks threads, and keeps one daemon thread for all that wait without one. */
final class SystemSleeper implements Sleeper {

    private final AtomicReference<@Nullable ScheduledThreadPoolExecutor> timer = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
            throw closed();
        }
    }

    @Override
    public Runnable schedule(Runnable task, long nanos, Executor executor) {
        try {
            Future<?> future = timer().schedule(() -> executor.execute(task), nanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            throw closed();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the sleeper is closed");
    }

    private ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor current = timer.get();
        if (current != null) {
            return current;
        }
        ScheduledThreadPoolExecutor created = new ScheduledThreadPoolExecutor(1, runnable -> {
            Thread thread = new Thread(runnable, "reverse-rate-limiter-timer");
            thread.setDaemon(true);
            return thread;
        });
        created.setRemoveOnCancelPolicy(true);
        if (timer.compareAndSet(null, created)) {
            if (closed.getCount() == 0) {
                created.shutdownNow();
            }
            return created;
        }
        created.shutdownNow();
        return timer();
    }

    @Override
    public void close() {
        closed.countDown();
        ScheduledThreadPoolExecutor current = timer.get();
        if (current != null) {
            current.shutdownNow();
        }
    }
}
