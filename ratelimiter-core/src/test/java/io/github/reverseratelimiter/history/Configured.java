package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A key for which an old and a new deployment state different things. */
enum Configured {
    LIMITS,
    WINDOWS,
    MARGINS,
    /** Of the old one a slot of the state stands for one credit, of the new one for two. */
    SLOTS;

    private static final int HEAVIEST = 100;

    /** Who states it. */
    enum Deployment {
        OLD,
        NEW;

        private <T> T of(T old, T other) {
            return this == OLD ? old : other;
        }
    }

    List<RateLimit> limits(Deployment who) {
        return switch (this) {
            case LIMITS -> List.of(who.of(limit(50, 300), limit(30, 300)));
            case WINDOWS -> List.of(who.of(limit(20, 200), limit(25, 250)), limit(60, 1_000));
            case MARGINS -> List.of(limit(20, 200));
            case SLOTS -> List.of(who.of(limit(4_000, 500), limit(5_000, 500)));
        };
    }

    private static RateLimit limit(int limit, int millis) {
        return RateLimit.of(limit, Duration.ofMillis(millis));
    }

    /** Of a limiter of its own, so that each has its own warning. */
    CreditRequest request(String run, Deployment who) {
        Duration margin = this == MARGINS ? who.of(Duration.ZERO, Duration.ofMillis(50)) : Duration.ZERO;
        return CreditRequest.of(key(run), limits(who).toArray(RateLimit[]::new))
                .limiter(limiter())
                .margin(margin);
    }

    String key(String run) {
        return limiter() + "-" + run;
    }

    String limiter() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Most credits that a call takes. */
    int heaviest() {
        return this == SLOTS ? HEAVIEST : 1;
    }
}
