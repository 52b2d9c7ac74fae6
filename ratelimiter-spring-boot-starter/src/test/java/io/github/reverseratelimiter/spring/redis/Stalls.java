package io.github.reverseratelimiter.spring.redis;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Tells for how long the machine let nobody run: by a thread that only sleeps, and looks how late it wakes. */
public final class Stalls implements AutoCloseable {

    private static final long NAP = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "stalls");

    /** Begins to look. */
    public Stalls() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        Semaphore never = new Semaphore(0);
        try {
            long before = System.nanoTime();
            while (!never.tryAcquire(NAP, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                long stalled = Math.max(0, now - before - 2 * NAP);
                nanos.addAndGet(stalled);
                longest.accumulateAndGet(stalled, Math::max);
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Since it was made. */
    public Duration total() {
        return Duration.ofNanos(nanos.get());
    }

    /** The longest of them. */
    Duration longest() {
        return Duration.ofNanos(longest.get());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
