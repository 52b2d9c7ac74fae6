package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;

/** What an old and a new deployment state for one key. */
enum Configured {
    LIMITS(new Side(0, of(50, 300)), new Side(0, of(30, 300))),
    WINDOWS(new Side(0, of(20, 200), of(60, 1_000)), new Side(0, of(25, 250), of(60, 1_000))),
    MARGINS(new Side(0, of(20, 200)), new Side(50, of(20, 200))),
    /** Of the one a slot of the state stands for one credit, of the other for two. */
    SLOTS(new Side(0, of(4_000, 500)), new Side(0, of(5_000, 500)));

    private static final int HEAVIEST = 100;

    /** One of the two deployments. */
    record Side(Duration margin, List<RateLimit> limits) {
        Side(int marginMillis, RateLimit... limits) {
            this(Duration.ofMillis(marginMillis), List.of(limits));
        }
    }

    private final Side before;
    private final Side after;

    Configured(Side before, Side after) {
        this.before = before;
        this.after = after;
    }

    private static RateLimit of(int limit, int millis) {
        return RateLimit.of(limit, Duration.ofMillis(millis));
    }

    Side side(boolean isNew) {
        return isNew ? after : before;
    }

    /** A limiter of its own, so that each has its own warning. */
    CreditRequest request(String run, boolean isNew) {
        Side side = side(isNew);
        return CreditRequest.of(key(run), side.limits.toArray(RateLimit[]::new))
                .limiter(limiter())
                .margin(side.margin);
    }

    String key(String run) {
        return limiter() + "-" + run;
    }

    String limiter() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Credits that a call may take. */
    int heaviest() {
        return this == SLOTS ? HEAVIEST : 1;
    }
}
