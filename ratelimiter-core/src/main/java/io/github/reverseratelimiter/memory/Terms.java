package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import java.time.Duration;

/**
 * What each caller states for itself, in microseconds.
 *
 * @param margin added to each window
 * @param gap no credit is granted for less than that after the one before; 0 for no pace
 */
record Terms(long margin, long gap) {

    static Terms of(Call call) {
        return new Terms(micros(call.margin()), micros(call.pace()));
    }

    /** Rounded up. */
    private static long micros(Duration duration) {
        return (duration.toNanos() + 999) / 1_000;
    }
}
