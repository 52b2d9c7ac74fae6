package io.github.reverseratelimiter.time;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Parks threads, and keeps one daemon thread for all that wait without one. */
final class SystemSleeper implements Sleeper {

    private final AtomicReference<@Nullable ScheduledThreadPoolExecutor> timer = new AtomicReference<>();
    private volatile boolean closed;

    @Override
    public void sleep(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(this, left);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public Runnable schedule(Runnable task, long nanos, Executor executor) {
        Future<?> future = timer().schedule(() -> executor.execute(task), nanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    private ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor current = timer.get();
        if (current != null) {
            return current;
        }
        if (closed) {
            throw new IllegalStateException("the limiter is closed");
        }
        ScheduledThreadPoolExecutor created = new ScheduledThreadPoolExecutor(1, runnable -> {
            Thread thread = new Thread(runnable, "reverse-rate-limiter-timer");
            thread.setDaemon(true);
            return thread;
        });
        created.setRemoveOnCancelPolicy(true);
        if (timer.compareAndSet(null, created)) {
            return created;
        }
        created.shutdownNow();
        return timer();
    }

    @Override
    public void close() {
        closed = true;
        ScheduledThreadPoolExecutor current = timer.get();
        if (current != null) {
            current.shutdownNow();
        }
    }
}
