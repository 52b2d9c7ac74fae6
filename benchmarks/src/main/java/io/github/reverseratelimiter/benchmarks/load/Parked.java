package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * The most that can be had by whom each call blocks once, of whatever limiter: there is none. A caller is parked in a future, and
 * another thread wakes all who wait in one go, over and over.
 */
final class Parked implements Gate {

    private final long laterNanos;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final Thread waker = new Thread(this::wakeAll, "waker");
    private volatile boolean idle;
    private volatile boolean closed;

    /** Each is woken so much later than it came, or as soon as the waker gets to it. */
    Parked(Duration later) {
        this.laterNanos = later.toNanos();
        waker.setDaemon(true);
        waker.start();
    }

    private static final class Waiting extends CompletableFuture<Boolean> {

        private final long due;

        Waiting(long due) {
            this.due = due;
        }
    }

    @Override
    public boolean pass(int account) {
        Waiting caller = new Waiting(laterNanos == 0 ? 0 : System.nanoTime() + laterNanos);
        waiting.add(caller);
        if (idle) {
            LockSupport.unpark(waker);
        }
        return result(caller);
    }

    private void wakeAll() {
        while (!closed) {
            Waiting oldest = waiting.peek();
            if (oldest == null) {
                rest();
            } else if (laterNanos > 0 && oldest.due > System.nanoTime()) {
                LockSupport.parkNanos(oldest.due - System.nanoTime());
            } else {
                waiting.remove();
                oldest.complete(true);
            }
        }
    }

    private void rest() {
        idle = true;
        if (waiting.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        idle = false;
    }

    /** Parks until it is there. */
    static boolean result(CompletableFuture<Boolean> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(waker);
    }
}
