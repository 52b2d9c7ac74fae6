package io.github.reverseratelimiter.sample.provider;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The quota of one account: a sliding window log, exact to the nanosecond. A call is refused when {@code limit} accepted
 * calls arrived less than a window before it; refused calls do not count. Plain on purpose: it is the judge, so it
 * shares neither code nor method with the limiter it judges.
 */
final class SlidingWindow {

    private final int limit;
    private final long window;
    private final ArrayDeque<Long> accepted = new ArrayDeque<>();
    private final ArrayDeque<Long> latest = new ArrayDeque<>();
    private int acceptedCalls;
    private int refusedCalls;
    private long first;
    private long latestFullWindow;
    private long shortest = Long.MAX_VALUE;

    SlidingWindow(RateLimit quota) {
        this.limit = quota.limit();
        this.window = quota.window().toNanos();
    }

    /** Decides a call that arrived at this time. Calls are decided in the order in which they arrived. */
    synchronized Verdict arrive(long now) {
        measure(now);
        while (!accepted.isEmpty() && now - accepted.getFirst() >= window) {
            accepted.removeFirst();
        }
        if (accepted.size() >= limit) {
            refusedCalls++;
            return new Verdict(false, 0, Duration.ofNanos(accepted.getFirst() + window - now));
        }
        accepted.addLast(now);
        if (acceptedCalls == 0) {
            first = now;
        }
        if (acceptedCalls % limit == 0) {
            latestFullWindow = now;
        }
        acceptedCalls++;
        return new Verdict(true, limit - accepted.size(), Duration.ZERO);
    }

    private void measure(long now) {
        if (latest.size() == limit) {
            shortest = Math.min(shortest, now - latest.removeFirst());
        }
        latest.addLast(now);
    }

    /** What has been counted so far. */
    synchronized Tally tally() {
        int fullWindows = Math.max(acceptedCalls - 1, 0) / limit;
        return new Tally(
                acceptedCalls,
                refusedCalls,
                fullWindows,
                Duration.ofNanos(latestFullWindow - first),
                Duration.ofNanos(shortest));
    }

    /**
     * The answer to one call.
     *
     * @param accepted whether the call was within the quota
     * @param remaining calls left in the window
     * @param retryAfter how long until a call would be accepted
     */
    record Verdict(boolean accepted, int remaining, Duration retryAfter) {}
}
