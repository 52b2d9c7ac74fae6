package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.RateLimit;
import java.util.List;

/** What a key goes through while it is measured: how it is brought there, and the call that is measured, again and again. */
enum Situation {
    /** Calls at a tenth of the rate the limit allows: our ring has not grown to its full size. */
    TENTH_USED("granted, window a tenth used", 0) {
        @Override
        long pace(RateLimit limit) {
            return 10 * limit.windowMicros() / limit.limit();
        }
    },
    /** Calls at half the rate the limit allows: each is granted at once. */
    HALF_USED("granted, window half used", 0) {
        @Override
        long pace(RateLimit limit) {
            return 2 * limit.windowMicros() / limit.limit();
        }
    },
    /** Calls at the rate the limit allows, behind a line of half the limit: each is granted for later. */
    LINE("granted for later, in a line", Subject.FOREVER) {
        @Override
        long pace(RateLimit limit) {
            return limit.windowMicros() / limit.limit();
        }
    },
    /** The window is full: each call is denied. */
    DENIED("denied", 0) {
        @Override
        long pace(RateLimit limit) {
            return limit.windowMicros() / limit.limit() * 9 / 10;
        }
    };

    private final String title;
    private final long maxWait;

    Situation(String title, long maxWait) {
        this.title = title;
        this.maxWait = maxWait;
    }

    String title() {
        return title;
    }

    abstract long pace(RateLimit limit);

    void prepare(Subject subject, List<RateLimit> limits) {
        subject.forget();
        if (!subject.decides()) {
            return;
        }
        RateLimit limit = slowest(limits);
        subject.fill(limit.limit(), pace(limit));
        if (this == LINE && subject.waits()) {
            subject.fill(limit.limit() / 2 + 1, 0);
        }
        if (this == DENIED) {
            subject.keep();
        }
    }

    /** Asks so many times, all at once, and checks that the answers are those of this situation. */
    void run(Subject subject, List<RateLimit> limits, int times) {
        long step = this == DENIED ? 1 : pace(slowest(limits));
        for (int i = 0; i < times; i++) {
            subject.pass(step);
            subject.take(1, maxWait);
        }
        int granted = subject.flush();
        int expected = this == DENIED ? 0 : times;
        if (subject.decides() && granted != expected) {
            throw new IllegalStateException("'" + subject.title() + "', " + limits + ", " + title + ": " + granted
                    + " of " + times + " calls were granted, not " + expected);
        }
    }

    /** The window that decides over a long time: the one with the lowest rate. */
    static RateLimit slowest(List<RateLimit> limits) {
        RateLimit slowest = limits.get(0);
        for (RateLimit limit : limits) {
            if (limit.windowMicros() / limit.limit() > slowest.windowMicros() / slowest.limit()) {
                slowest = limit;
            }
        }
        return slowest;
    }
}
