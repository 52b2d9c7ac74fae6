package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;

/**
 * What a named limiter is configured with.
 *
 * @param name one per provider, low in cardinality
 * @param limits all that apply, of different windows
 * @param margin widens every window
 * @param waiting how its callers wait unless they say otherwise
 */
public record LimiterSettings(String name, List<RateLimit> limits, Duration margin, Waiting waiting) {

    private static final String GIVE_A_NAME = "give one that says whose API it is";

    /**
     * Checks all values, and each against the others.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public LimiterSettings {
        if (Check.given(name, "name of a limiter", GIVE_A_NAME).isBlank()) {
            throw new IllegalArgumentException("a named limiter needs a name that is not blank: " + GIVE_A_NAME);
        }
        limits = new CreditRequest(new CreditKey(name, "check"), limits, margin, 1, waiting).limits();
    }

    /** A request for one credit of this key. */
    CreditRequest request(String key) {
        return new CreditRequest(new CreditKey(name, key), limits, margin, 1, waiting);
    }
}
