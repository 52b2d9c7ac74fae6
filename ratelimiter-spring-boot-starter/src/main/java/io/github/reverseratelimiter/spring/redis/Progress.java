package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Whether what was sent over a connection is being answered. A server that hangs keeps its connections open. */
final class Progress {

    private final TimeSource time;
    private final long patienceNanos;
    private final AtomicLong unanswered = new AtomicLong();
    private volatile long last;

    Progress(TimeSource time, Duration patience) {
        this.time = time;
        this.patienceNanos = patience.toNanos();
        this.last = time.nanoTime();
    }

    /** Something is about to be sent. */
    void sending() {
        if (unanswered.get() == 0) {
            last = time.nanoTime();
        }
        unanswered.incrementAndGet();
    }

    /** One of them was answered, or has failed. */
    void answered() {
        last = time.nanoTime();
        unanswered.decrementAndGet();
    }

    /** Whether something waits for an answer, and nothing was answered for longer than the patience. */
    boolean isStalled() {
        return unanswered.get() > 0 && time.nanoTime() - last > patienceNanos;
    }
}
