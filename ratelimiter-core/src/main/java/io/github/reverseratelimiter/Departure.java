package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Request;
import java.time.Duration;

/**
 * Of credits that were granted for a call which is counted until it ends.
 *
 * @param request what was asked for
 * @param seat under which the store counts it
 * @param begunNanos when it was granted, on this JVM's clock
 */
record Departure(CreditRequest request, Seat seat, long begunNanos) {

    /** How long the call has lasted. */
    Duration lasted(long nowNanos) {
        return Duration.ofNanos(Math.max(0, nowNanos - begunNanos));
    }

    /** What the store is told of its end: the credits that count until then. */
    Request end() {
        int open = request.flow().countUntil() == CountUntil.COMPLETION ? request.credits() : 0;
        return new Request(open, 0, Request.newId());
    }
}
