package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line a minute into the log, whoever would write it; the first one at once. */
final class OnceAMinute {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final TimeSource time;
    private final AtomicLong next;

    OnceAMinute(TimeSource time) {
        this.time = time;
        this.next = new AtomicLong(time.nanoTime());
    }

    /** Whether it is time for a line: then the next one is a minute away. */
    boolean isDue() {
        long now = time.nanoTime();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + MINUTE);
    }
}
