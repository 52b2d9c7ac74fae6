package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A request for credits: whose, how many, under which limits, and how to wait. Immutable; the methods named after a
 * component return a copy with another value.
 *
 * @param key whose allowance is spent
 * @param limits all that apply, of different windows; granted by all or taken from none. At least one, unless the flow limits the
 *     calls in flight
 * @param margin widens every window by the spread of the delay between a grant and its arrival at the provider
 * @param credits how many, from 1 to the smallest limit
 * @param waiting how to wait for them
 * @param flow how the calls go out beside the windows
 */
public record CreditRequest(
        CreditKey key, List<RateLimit> limits, Duration margin, int credits, Waiting waiting, Flow flow) {

    /**
     * Margin unless another is given (or the window, where that is shorter). The calls of one burst leave a JVM spread
     * over some 17 ms even without any network delay (docs/at-the-provider.md).
     */
    public static final Duration DEFAULT_MARGIN = Duration.ofMillis(25);

    private static final String GIVE_A_LIMIT = "give RateLimit.of(limit, window)";

    /** Most windows that one request may name. */
    public static final int MAX_LIMITS = 16;

    /**
     * Checks all values, and each against the others.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public CreditRequest {
        Check.given(key, "key", "give new CreditKey(limiter, key)");
        Check.given(waiting, "waiting" + of(key), "give Waiting.none(), for example");
        Check.given(flow, "flow" + of(key), "give Flow.FREE, for example");
        limits = checkLimits(key, limits, flow);
        checkMargin(key, limits, margin);
        checkCredits(key, limits, credits);
    }

    /**
     * Of calls that go out freely, as far as the windows let them.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names the limiter, the value and the remedy
     */
    public CreditRequest(CreditKey key, List<RateLimit> limits, Duration margin, int credits, Waiting waiting) {
        this(key, limits, margin, credits, waiting, Flow.FREE);
    }

    /**
     * One credit, without waiting, with the default margin, of the nameless limiter.
     *
     * @throws IllegalArgumentException if the key is empty or blank
     */
    public static CreditRequest of(String key, RateLimit... limits) {
        CreditKey creditKey = new CreditKey("", key);
        List<RateLimit> list =
                checkLimits(creditKey, Arrays.asList(Check.given(limits, "limits", GIVE_A_LIMIT)), Flow.FREE);
        return new CreditRequest(creditKey, list, defaultMargin(list, DEFAULT_MARGIN), 1, Waiting.none());
    }

    /** The margin, or the shortest window where that is less: a default must fit every window. */
    public static Duration defaultMargin(List<RateLimit> limits, Duration margin) {
        Duration least = Check.given(margin, "margin", "give Duration.ofMillis(25), for example");
        for (RateLimit limit : limits) {
            if (limit.window().compareTo(least) < 0) {
                least = limit.window();
            }
        }
        return least;
    }

    /**
     * What {@link ReverseRateLimiter#acquireAll(List)} makes of requests: one for each key, with all its windows.
     *
     * @throws IllegalArgumentException if there are none or too many, or they do not agree
     */
    public static List<CreditRequest> merged(List<CreditRequest> requests) {
        return Bundle.of(requests).requests();
    }

    /** A copy with another limiter name: one per provider keeps GitHub's "acme" apart from Stripe's. */
    public CreditRequest limiter(String name) {
        return new CreditRequest(new CreditKey(name, key.value()), limits, margin, credits, waiting, flow);
    }

    /** A copy with another margin. */
    public CreditRequest margin(Duration other) {
        return new CreditRequest(key, limits, other, credits, waiting, flow);
    }

    /** A copy for another number of credits. */
    public CreditRequest credits(int other) {
        return new CreditRequest(key, limits, margin, other, waiting, flow);
    }

    /** A copy that waits in another way. */
    public CreditRequest waiting(Waiting other) {
        return new CreditRequest(key, limits, margin, credits, other, flow);
    }

    /** A copy whose calls go out in another way. */
    public CreditRequest flow(Flow other) {
        return new CreditRequest(key, limits, margin, credits, waiting, other);
    }

    /**
     * One call of a key that has no windows: only the number of calls in flight is limited.
     *
     * @throws IllegalArgumentException if the key is blank, or the number out of range
     */
    public static CreditRequest inFlight(String key, int maxInFlight) {
        return new CreditRequest(
                new CreditKey("", key),
                List.of(),
                Duration.ZERO,
                1,
                Waiting.none(),
                Flow.FREE.maxInFlight(maxInFlight));
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
        Check.given(interval, "retryInterval", "leave it out to wait as long as the last answer said");
        return waiting(new Waiting.Retries(retries, Optional.of(interval), Optional.empty()));
    }

    /** Whether its caller may have to wait. */
    boolean waits() {
        return waiting instanceof Waiting.UpTo upTo
                ? !upTo.maxWait().isZero()
                : waiting instanceof Waiting.Retries again && again.retries() > 0;
    }

    /** Shortest time between two credits; zero where they may go at once. */
    Duration pace() {
        if (flow.pacing() != Pacing.EVEN) {
            return Duration.ZERO;
        }
        long micros = 0;
        for (RateLimit limit : limits) {
            long width = limit.windowMicros() + Durations.microsUp(usedMargin());
            micros = Math.max(micros, (width + limit.limit() - 1) / limit.limit());
        }
        return Durations.ofMicros(micros);
    }

    /** Whether a margin keeps its credits apart from others. */
    boolean usesMargin() {
        return flow.countUntil() == CountUntil.GRANT && !limits.isEmpty();
    }

    /** The margin that the windows get: a call that counts until it has ended needs none. */
    Duration usedMargin() {
        return flow.countUntil() == CountUntil.COMPLETION ? Duration.ZERO : margin;
    }

    private static List<RateLimit> checkLimits(CreditKey key, List<RateLimit> limits, Flow flow) {
        if (Check.given(limits, "limits" + of(key), GIVE_A_LIMIT).isEmpty()
                && flow.maxInFlight().isEmpty()) {
            throw new IllegalArgumentException("at least one limit is needed" + of(key) + ": " + GIVE_A_LIMIT);
        }
        if (limits.size() > MAX_LIMITS) {
            throw new IllegalArgumentException("at most " + MAX_LIMITS + " limits apply to one key but there are "
                    + limits.size() + of(key) + ": leave out those that others imply");
        }
        for (RateLimit limit : limits) {
            Check.given(limit, "a limit" + of(key), GIVE_A_LIMIT);
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
        Check.given(margin, "margin" + of(key), "give Duration.ofMillis(25), for example, or Duration.ZERO");
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
        return Check.of(key.limiter());
    }
}
