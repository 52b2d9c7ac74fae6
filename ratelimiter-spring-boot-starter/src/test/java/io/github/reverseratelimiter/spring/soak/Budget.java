package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;

/** The keys that all instances share, and their limits. */
enum Budget {
    SLOW(RateLimit.of(5, Duration.ofMillis(500))),
    FAST(RateLimit.of(50, Duration.ofSeconds(1))),
    WEIGHTED(RateLimit.of(50, Duration.ofMillis(500))),
    TWO_WINDOWS(RateLimit.of(20, Duration.ofMillis(200)), RateLimit.of(60, Duration.ofSeconds(1))),
    LINE(RateLimit.of(30, Duration.ofMillis(300)));

    /** Nobody waits longer. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    @SuppressWarnings("ImmutableEnumChecker")
    final List<RateLimit> limits;

    Budget(RateLimit... limits) {
        this.limits = List.of(limits);
    }

    CreditRequest request() {
        return CreditRequest.of(name(), limits.toArray(RateLimit[]::new));
    }
}
