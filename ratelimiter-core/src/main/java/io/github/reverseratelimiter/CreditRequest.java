package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A request for credits: whose, how many, under which limits, and how to wait. Immutable; the methods named after a
 * component return a copy with another value.
 *
 * @param key whose allowance is spent
 * @param limits all that apply, at least one, of different windows; granted by all or taken from none
 * @param margin widens every window by the spread of the delay between a grant and its arrival at the provider
 * @param credits how many, from 1 to the smallest limit
 * @param waiting how to wait for them
 */
public record CreditRequest(CreditKey key, List<RateLimit> limits, Duration margin, int credits, Waiting waiting) {

    /**
     * Margin unless another is given (or the window, where that is shorter). The calls of one burst leave a JVM spread
     * over some 17 ms even without any network delay (docs/at-the-provider.md).
     */
    public static final Duration DEFAULT_MARGIN = Duration.ofMillis(25);

    /** Most windows that one request may name. */
    public static final int MAX_LIMITS = 16;

    /**
     * Checks all values, and each against the others.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public CreditRequest {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(waiting, "waiting");
        limits = checkLimits(key, limits);
        checkMargin(key, limits, margin);
        checkCredits(key, limits, credits);
    }

    /**
     * One credit, without waiting, with the default margin, of the nameless limiter.
     *
     * @throws IllegalArgumentException if the key is empty or blank
     */
    public static CreditRequest of(String key, RateLimit... limits) {
        List<RateLimit> list = List.of(limits);
        CreditKey creditKey = new CreditKey("", key);
        return new CreditRequest(
                creditKey, list, defaultMargin(checkLimits(creditKey, list), DEFAULT_MARGIN), 1, Waiting.none());
    }

    /** The margin, or the shortest window where that is less: a default must fit every window. */
    public static Duration defaultMargin(List<RateLimit> limits, Duration margin) {
        Duration least = margin;
        for (RateLimit limit : limits) {
            if (limit.window().compareTo(least) < 0) {
                least = limit.window();
            }
        }
        return least;
    }

    /** A copy with another limiter name: one per provider keeps GitHub's "acme" apart from Stripe's. */
    public CreditRequest limiter(String name) {
        return new CreditRequest(new CreditKey(name, key.value()), limits, margin, credits, waiting);
    }

    /** A copy with another margin. */
    public CreditRequest margin(Duration other) {
        return new CreditRequest(key, limits, other, credits, waiting);
    }

    /** A copy for another number of credits. */
    public CreditRequest credits(int other) {
        return new CreditRequest(key, limits, margin, other, waiting);
    }

    /** A copy that waits in another way. */
    public CreditRequest waiting(Waiting other) {
        return new CreditRequest(key, limits, margin, credits, other);
    }

    /** A copy that stands in line, up to {@code maxWait}. */
    public CreditRequest maxWait(Duration maxWait) {
        return waiting(Waiting.upTo(maxWait));
    }

    /** A copy that asks again up to {@code retries} times, each time after as long as the last answer said. */
    public CreditRequest retries(int retries) {
        return waiting(Waiting.retries(retries));
    }

    /** A copy that asks again up to {@code retries} times, at an interval. */
    public CreditRequest retries(int retries, Duration interval) {
        return waiting(new Waiting.Retries(retries, Optional.of(interval), Optional.empty()));
    }

    private static List<RateLimit> checkLimits(CreditKey key, List<RateLimit> limits) {
        if (limits.isEmpty()) {
            throw new IllegalArgumentException(
                    "at least one limit is needed" + of(key) + ": give RateLimit.of(limit, window)");
        }
        if (limits.size() > MAX_LIMITS) {
            throw new IllegalArgumentException("at most " + MAX_LIMITS + " limits apply to one key but there are "
                    + limits.size() + of(key) + ": leave out those that others imply");
        }
        List<RateLimit> copy = List.copyOf(limits);
        for (int i = 0; i < copy.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (copy.get(i).windowMicros() == copy.get(j).windowMicros()) {
                    throw new IllegalArgumentException("two limits have the same window: " + copy.get(j) + " and "
                            + copy.get(i) + of(key) + ": keep the smaller");
                }
            }
        }
        return copy;
    }

    private static void checkMargin(CreditKey key, List<RateLimit> limits, Duration margin) {
        Objects.requireNonNull(margin, "margin");
        if (margin.isNegative()) {
            throw new IllegalArgumentException(
                    "margin must not be negative but was " + Durations.text(margin) + of(key) + ": give 0ms or more");
        }
        for (RateLimit limit : limits) {
            if (margin.compareTo(limit.window()) > 0) {
                throw new IllegalArgumentException("margin must not be longer than the window but was "
                        + Durations.text(margin) + " for a limit of " + limit + of(key) + ": give a margin of at most "
                        + Durations.text(limit.window()));
            }
        }
    }

    private static void checkCredits(CreditKey key, List<RateLimit> limits, int credits) {
        if (credits < 1) {
            throw new IllegalArgumentException(
                    "credits must be at least 1 but was " + credits + of(key) + ": ask for what the call costs");
        }
        for (RateLimit limit : limits) {
            if (credits > limit.limit()) {
                throw new IllegalArgumentException("credits must not exceed the limit but was " + credits
                        + " for a limit of " + limit + of(key) + ": such a request can never be granted; split it");
            }
        }
    }

    private static String of(CreditKey key) {
        return key.limiter().isEmpty() ? "" : " (limiter '" + key.limiter() + "')";
    }
}
