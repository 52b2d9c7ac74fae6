package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells for how long the machine let nobody run at most: by a thread that only sleeps, and looks how late it wakes. */
final class Stall implements AutoCloseable {

    private static final long NAP = TimeUnit.MILLISECONDS.toNanos(1);

    private final Thread thread = new Thread(this::watch, "stall");
    private volatile long longest;

    Stall() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        Semaphore never = new Semaphore(0);
        try {
            long before = System.nanoTime();
            while (!never.tryAcquire(NAP, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                longest = Math.max(longest, now - before - NAP);
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Since it was made. */
    Duration longest() {
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
