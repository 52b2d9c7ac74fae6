package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Log lines about a store that does not decide. Of each outage: its first failure, one line a minute, and one when the store
 * decides again.
 *
 * <p>Where outages come one after the other, only some are told so: one a minute, and one more if the store went away, not
 * just failed once. The others are summed up in the next line, or in a line of their own within a minute. So a store that
 * comes and goes is four lines a minute at most. An outage of which is told only when it is over is one line.
 */
final class StoreLog {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final int MOST_CAUSES = 5;
    private static final String POLICY = " got the answer that on-store-failure says";

    /** Outages that no line has told of, and what they were in all. */
    private record Untold(int outages, Duration time, long requests) {

        static final Untold NONE = new Untold(0, Duration.ZERO, 0);

        Untold and(Duration away, long undecided) {
            return new Untold(outages + 1, time.plus(away), requests + undecided);
        }

        String text() {
            return (outages == 1 ? "was 1 more outage" : "were " + outages + " more outages") + " since the last line, "
                    + rounded(time) + " in all, in which " + StoreLog.requests(requests) + POLICY;
        }
    }

    private final TimeSource time;
    private final Supplier<StoreWatch.State> state;
    private final OnceAMinute oneOutage;
    private final OnceAMinute anotherOutage;
    private final OnceAMinute someKeys;
    private final OnceAMinute refusals;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicLong sinceLastLine = new AtomicLong();
    private final AtomicLong inAll = new AtomicLong();
    private final AtomicLong ofSomeKeys = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile Untold untold = Untold.NONE;

    /** Of the outage of now; null while it is not told. */
    private @Nullable OnceAMinute lines;

    /** How long the last outage was; null if somebody has told of a request that it cost, or was about to. */
    private @Nullable Duration unheard;

    /** The state is asked for with a request at hand: late ones may belong to an outage that is over. */
    StoreLog(TimeSource time, Supplier<StoreWatch.State> state) {
        this.time = time;
        this.state = state;
        this.oneOutage = new OnceAMinute(time);
        this.anotherOutage = new OnceAMinute(time);
        this.someKeys = new OnceAMinute(time);
        this.refusals = new OnceAMinute(time);
    }

    /**
     * A request was answered without the store. Where another thread is about to write a line, this one goes on; unless the
     * store decides again, for that line may be the outage's last.
     */
    void undecided(CreditStoreException cause) {
        if (cause.isOfSomeKeys() || cause.reason() == CreditStoreException.Reason.FORMAT) {
            ofSomeKeys(cause);
            return;
        }
        inAll.incrementAndGet();
        sinceLastLine.incrementAndGet();
        boolean mine = turn.tryLock();
        if (!mine && state.get() == StoreWatch.State.DECIDES) {
            turn.lock();
            mine = true;
        }
        if (mine) {
            try {
                tell(cause);
            } finally {
                turn.unlock();
            }
        }
    }

    private void tell(CreditStoreException cause) {
        boolean first = lines == null;
        StoreWatch.State now = state.get();
        if (first && now == StoreWatch.State.DECIDES) {
            overtaken(cause);
            return;
        }
        if (first && mayBegin(now)) {
            lines = new OnceAMinute(time);
        }
        if (lines == null || !lines.isDue()) {
            return;
        }
        long requests = sinceLastLine.getAndSet(0);
        String told = first
                ? "The store did not decide; until it does, requests get the answer that on-store-failure says, and"
                        + " there is one line a minute: "
                : "The store still does not decide; since the last line " + requests(requests) + POLICY + ": ";
        LOG.log(System.Logger.Level.WARNING, told + text(cause) + others());
    }

    /** An answer came between the failure and this: nobody else tells of it, unless it was late for an outage that was told. */
    private void overtaken(CreditStoreException cause) {
        Duration away = unheard;
        if (away == null) {
            return;
        }
        unheard = null;
        sinceLastLine.set(0);
        long requests = inAll.getAndSet(0);
        if (oneOutage.isDue()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The store did not decide for " + rounded(away) + ", and decides again; meanwhile "
                            + requests(requests) + POLICY + ": " + text(cause) + others());
        } else {
            untold = untold.and(away, requests);
        }
    }

    private boolean mayBegin(StoreWatch.State now) {
        return switch (now) {
            case DECIDES -> false;
            case IN_DOUBT -> oneOutage.isDue();
            case AWAY -> oneOutage.isDue() || anotherOutage.isDue();
        };
    }

    /** Nothing, or a further sentence. */
    private String others() {
        Untold others = untold;
        untold = Untold.NONE;
        return others.outages() == 0 ? "" : "; there " + others.text();
    }

    /** The store decides all others, so this is no outage. */
    private void ofSomeKeys(CreditStoreException cause) {
        ofSomeKeys.incrementAndGet();
        if (someKeys.isDue()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The store does not decide about some keys; since the last such line "
                            + requests(ofSomeKeys.getAndSet(0)) + POLICY + ", and there is one line a minute: "
                            + text(cause));
        }
    }

    /** It has answered, so this is no outage either; but perhaps it ended one. */
    void refused(CreditStoreMisconfiguredException cause) {
        refused.incrementAndGet();
        if (refusals.isDue()) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "The store refuses until somebody changes something; since the last such line "
                            + requests(refused.getAndSet(0))
                            + " failed so, whatever on-store-failure says, and there is"
                            + " one line a minute: " + cause.getMessage());
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

    /** After an outage, or after one trip that failed. */
    void decidesAgain(Duration away) {
        turn.lock();
        try {
            long requests = inAll.getAndSet(0);
            sinceLastLine.set(0);
            unheard = lines == null && requests == 0 ? away : null;
            if (lines != null) {
                lines = null;
                LOG.log(
                        System.Logger.Level.INFO,
                        "The store decides again after " + rounded(away) + "; meanwhile " + requests(requests)
                                + POLICY);
            } else if (requests > 0) {
                untold = untold.and(away, requests);
            }
        } finally {
            turn.unlock();
        }
    }

    /** As before: whatever came to nobody's ears is told when there is room for a line. */
    void decides() {
        if (untold.outages() > 0 && turn.tryLock()) {
            try {
                if (untold.outages() > 0 && oneOutage.isDue()) {
                    LOG.log(System.Logger.Level.WARNING, "The store decides, but there " + untold.text());
                    untold = Untold.NONE;
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private static String rounded(Duration time) {
        return Durations.text(Duration.ofMillis(time.toMillis()));
    }

    private static String requests(long number) {
        return number == 1 ? "1 request" : number + " requests";
    }
}
