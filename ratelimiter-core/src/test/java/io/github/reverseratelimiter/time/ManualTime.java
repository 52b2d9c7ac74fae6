package io.github.reverseratelimiter.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. */
public final class ManualTime implements TimeSource {

    private static final long EPOCH_MICROS = 1_800_000_000_000_000L;

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    /** The same moment in microseconds since 1970, as a server's clock would show it. */
    public long micros() {
        return EPOCH_MICROS + nanos.get() / 1_000;
    }

    /** Moves the clock, forward or back. */
    public void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
