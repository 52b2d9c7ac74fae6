package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks after one and the same time, unless they are cancelled before, as nearly all are. They become due in the order in which they
 * come, so one timer serves all of them, and adding one costs a place in a queue.
 */
final class Deadlines {

    /** A task, until it is run or cancelled. */
    private static final class Deadline implements Runnable {

        private final long dueNanos;
        private final AtomicReference<@Nullable Runnable> task;

        private Deadline(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = new AtomicReference<>(task);
        }

        /** Cancels it. */
        @Override
        public void run() {
            task.set(null);
        }
    }

    private final long afterNanos;
    private final TimeSource time;
    private final Sleeper sleeper;
    private final Executor executor;
    private final Queue<Deadline> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean watched = new AtomicBoolean();

    Deadlines(Duration after, TimeSource time, Sleeper sleeper, Executor executor) {
        this.afterNanos = after.toNanos();
        this.time = time;
        this.sleeper = sleeper;
        this.executor = executor;
    }

    /**
     * Adds one.
     *
     * @return cancels it
     * @throws IllegalStateException if the sleeper is closed
     */
    Runnable add(Runnable task) {
        Deadline deadline = new Deadline(time.nanoTime() + afterNanos, task);
        queue.add(deadline);
        if (watched.compareAndSet(false, true)) {
            watch(deadline.dueNanos);
        }
        return deadline;
    }

    private void watch(long dueNanos) {
        try {
            var unused = sleeper.schedule(this::look, Math.max(0, dueNanos - time.nanoTime()), executor);
        } catch (IllegalStateException closed) {
            watched.set(false);
            throw closed;
        }
    }

    private void look() {
        do {
            for (Deadline first = queue.peek(); first != null; first = queue.peek()) {
                boolean waits = first.task.get() != null;
                if (waits && first.dueNanos - time.nanoTime() > 0) {
                    watch(first.dueNanos);
                    return;
                }
                queue.poll();
                Runnable task = first.task.getAndSet(null);
                if (task != null) {
                    executor.execute(task);
                }
            }
            watched.set(false);
        } while (!queue.isEmpty() && watched.compareAndSet(false, true));
    }
}
