package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What an account has subscribed to at a provider, and how its callers wait. Immutable; the methods named after a
 * component return a copy with another value.
 *
 * @param limits all that apply, of different windows
 * @param margin widens every window
 * @param waiting how its callers wait unless they say otherwise
 * @param flow how its calls go out beside the windows
 */
public record Plan(List<RateLimit> limits, Duration margin, Waiting waiting, Flow flow) {

    /**
     * Checks all values, and each against the others.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the value and the remedy
     */
    public Plan {
        limits = check("", limits, margin, waiting, flow);
    }

    /**
     * Of calls that go out freely, as far as the windows let them.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names the value and the remedy
     */
    public Plan(List<RateLimit> limits, Duration margin, Waiting waiting) {
        this(limits, margin, waiting, Flow.FREE);
    }

    /** These limits with the default margin, without waiting. */
    public static Plan of(RateLimit... limits) {
        CreditRequest request = CreditRequest.of("check", limits);
        return new Plan(request.limits(), request.margin(), request.waiting());
    }

    /** A copy with other limits; the margin is cut to their shortest window, where that is less. */
    public Plan limits(RateLimit... other) {
        return limits(Arrays.asList(Check.given(other, "limits", "give RateLimit.of(limit, window)")));
    }

    /** A copy with other limits; the margin is cut to their shortest window, where that is less. */
    public Plan limits(List<RateLimit> other) {
        List<RateLimit> checked = check("", other, Duration.ZERO, waiting, flow);
        return new Plan(checked, CreditRequest.defaultMargin(checked, margin), waiting, flow);
    }

    /** A copy with another margin. */
    public Plan margin(Duration other) {
        return new Plan(limits, other, waiting, flow);
    }

    /** A copy whose callers wait in another way. */
    public Plan waiting(Waiting other) {
        return new Plan(limits, margin, other, flow);
    }

    /** A copy whose calls go out in another way. */
    public Plan flow(Flow other) {
        return new Plan(limits, margin, waiting, other);
    }

    /** The same rules as for a request; the limits as they are kept. */
    static List<RateLimit> check(String limiter, List<RateLimit> limits, Duration margin, Waiting waiting, Flow flow) {
        return new CreditRequest(new CreditKey(limiter, "check"), limits, margin, 1, waiting, flow).limits();
    }
}
