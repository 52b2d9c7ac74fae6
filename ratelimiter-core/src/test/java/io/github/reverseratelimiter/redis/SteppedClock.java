package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;

/** The clock of a server that is set, and runs too fast or too slow, while true time goes on. */
final class SteppedClock {

    double speed = 1;
    Duration ahead = Duration.ZERO;

    private final ManualTime time;
    private final long begin;

    SteppedClock(ManualTime time) {
        this.time = time;
        this.begin = time.micros();
    }

    long micros() {
        return begin + (long) ((time.micros() - begin) * speed) + ahead.toNanos() / 1_000;
    }
}
