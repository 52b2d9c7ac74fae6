package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.Optional;

/** Requests that tests make over and over. */
final class Requests {

    static final Duration SECOND = Duration.ofSeconds(1);
    static final RateLimit FIVE = RateLimit.of(5, SECOND);
    static final CreditKey ACME = new CreditKey("github", "acme");
    /** For one credit, without waiting, with a margin of 25 ms. */
    static final CreditRequest ONE = CreditRequest.of("acme", FIVE).limiter("github");

    private Requests() {}

    static CreditRequest within(Duration maxWait) {
        return ONE.maxWait(maxWait);
    }

    static CreditRequest retrying(int retries, Duration interval, Duration maxWait) {
        return ONE.waiting(new Waiting.Retries(retries, Optional.of(interval), Optional.of(maxWait)));
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    /** No value, where one is asked for. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothing() {
        return null;
    }

    static Acquisition.Granted granted(Acquisition answer) {
        return (Acquisition.Granted) answer;
    }

    /** The time that the store granted it for. */
    static long at(Acquisition answer) {
        return ((Acquisition.Basis.Store) granted(answer).basis()).credit().at();
    }

    static Acquisition.Denied denied(Acquisition answer) {
        return (Acquisition.Denied) answer;
    }
}
