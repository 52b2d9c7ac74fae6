package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Log lines about a store that does not decide: at most one a minute, and one when it does again. */
final class StoreLog {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final int MOST_CAUSES = 5;

    private final OnceAMinute line;
    private final AtomicLong sinceLastLine = new AtomicLong();
    private final AtomicLong inAll = new AtomicLong();
    private final AtomicBoolean told = new AtomicBoolean();

    StoreLog(TimeSource time) {
        this.line = new OnceAMinute(time);
    }

    void undecided(CreditStoreException cause) {
        inAll.incrementAndGet();
        sinceLastLine.incrementAndGet();
        if (!line.isDue()) {
            return;
        }
        long requests = sinceLastLine.getAndSet(0);
        if (told.getAndSet(true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The store still does not decide; since the last line " + requests(requests)
                            + " got the answer that on-store-failure says: " + text(cause));
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The store did not decide; until it does, requests get the answer that on-store-failure says, and"
                            + " there is one line a minute: " + text(cause));
        }
    }

    /** All causes on one line: where it was noticed tells nothing, and is logged at debug. */
    private static String text(CreditStoreException failure) {
        StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            text.append("; caused by ").append(cause);
            cause = cause.getCause();
        }
        return text.toString();
    }

    /** After an outage. */
    void decidesAgain(Duration away) {
        boolean wasTold = told.getAndSet(false);
        long requests = inAll.getAndSet(0);
        if (wasTold) {
            Duration rounded = Duration.ofMillis(away.toMillis());
            LOG.log(
                    System.Logger.Level.INFO,
                    "The store decides again after " + Durations.text(rounded) + "; meanwhile " + requests(requests)
                            + " got the answer that on-store-failure says");
        }
    }

    /** After less than that. */
    void decidesAgain() {
        told.set(false);
        inAll.set(0);
    }

    private static String requests(long number) {
        return number == 1 ? "1 request" : number + " requests";
    }
}
