package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/** A line a minute about calls whose credits came later than the margin allows, again and again. */
final class LateLog {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());

    private final OnceAMinute lines;
    private final AtomicLong calls = new AtomicLong();

    LateLog(TimeSource time) {
        this.lines = new OnceAMinute(time);
    }

    /** It was so for a call, so often. */
    void tell(Bundle bundle, int times) {
        calls.incrementAndGet();
        if (lines.isDue()) {
            long since = calls.getAndSet(0);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Grants" + bundle.forLimiters() + " came later than the margin allows, " + times
                            + " times for one call, and were given back: the network is slow, or this JVM stands still;"
                            + " since the last such line " + (since == 1 ? "1 call" : since + " calls")
                            + " fared so, and there is one line a minute");
        }
    }
}
