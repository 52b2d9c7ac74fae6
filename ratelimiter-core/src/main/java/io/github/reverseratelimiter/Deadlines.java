package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks after one and the same time, unless they are cancelled before, as nearly all are. They become due in the order in which they
 * come, so one timer serves all of them, and adding one costs a place in a queue.
 */
final class Deadlines {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    /** A task, until it is run or cancelled. */
    @SuppressWarnings("serial") // nobody writes it
    private final class Deadline extends AtomicReference<@Nullable Runnable> implements Runnable {

        private final long dueNanos;

        private Deadline(long dueNanos, Runnable task) {
            super(task);
            this.dueNanos = dueNanos;
        }

        /** Cancels it. */
        @Override
        public void run() {
            set(null);
            trim();
        }
    }

    private final long afterNanos;
    private final TimeSource time;
    private final Sleeper sleeper;
    private final Executor executor;
    private final Queue<Deadline> queue = new ConcurrentLinkedQueue<>();
    /** Guards the head of the queue. */
    private final ReentrantLock head = new ReentrantLock();

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
        } catch (RuntimeException | Error e) {
            watched.set(false);
            throw e;
        }
    }

    /** Those that were cancelled need not be kept until they would be due: of a quick store, all that are kept are those under way. */
    private void trim() {
        if (isCancelled(queue.peek()) && head.tryLock()) {
            try {
                var unused = firstThatWaits();
            } finally {
                head.unlock();
            }
        }
    }

    /** How many are kept. */
    int size() {
        return queue.size();
    }

    private static boolean isCancelled(@Nullable Deadline deadline) {
        return deadline != null && deadline.get() == null;
    }

    private void look() {
        do {
            for (Deadline first = next(); first != null; first = next()) {
                if (first.dueNanos - time.nanoTime() > 0) {
                    watch(first.dueNanos);
                    return;
                }
                Runnable task = first.getAndSet(null);
                if (task != null) {
                    run(task);
                }
            }
            watched.set(false);
        } while (!queue.isEmpty() && watched.compareAndSet(false, true));
    }

    /** Whatever it throws, where the executor runs it here: the others are due too. */
    private void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "What was due could not be done", e);
        }
    }

    /** The next one that is not cancelled. */
    private @Nullable Deadline next() {
        head.lock();
        try {
            return firstThatWaits();
        } finally {
            head.unlock();
        }
    }

    private @Nullable Deadline firstThatWaits() {
        Deadline first = queue.peek();
        while (isCancelled(first)) {
            queue.poll();
            first = queue.peek();
        }
        return first;
    }
}
