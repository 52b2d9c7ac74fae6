package io.github.reverseratelimiter.spring.metrics;

import io.micrometer.core.instrument.Meter;
import java.util.List;

/** The meters of the limiter. Their names, types and tags are promised; keys are in none of them. */
public enum ReverseRateLimiterMeters {

    /** How requests ended, each counted once. */
    ACQUISITIONS("reverse.rate.limiter.acquisitions", Meter.Type.COUNTER, "Requests for credits, by how they ended."),

    /** How long the callers were made to wait that got their credits. */
    WAIT(
            "reverse.rate.limiter.wait",
            Meter.Type.TIMER,
            "Time from a request to its grant, trips to the store included."),

    /** Credits that came back. */
    REFUNDS(
            "reverse.rate.limiter.refunds",
            Meter.Type.COUNTER,
            "Credits that came back: given back, or not waited for to the end."),

    /** Requests for which the store did not decide. */
    STORE_FAILURES(
            "reverse.rate.limiter.store.failures",
            Meter.Type.COUNTER,
            "Requests for which the store did not decide at least once."),

    /** How often the store went away. */
    STORE_OUTAGES(
            "reverse.rate.limiter.store.outages",
            Meter.Type.COUNTER,
            "Times the store went away: then one call at a time asks it, until it answers."),

    /** What limiters have learnt that learn their margin. */
    MARGIN(
            "reverse.rate.limiter.margin",
            Meter.Type.GAUGE,
            "Margin that a limiter asks with which learns it, in seconds."),

    /** Refusals that no margin would have prevented. */
    UNEXPLAINED_REFUSALS(
            "reverse.rate.limiter.unexplained.refusals",
            Meter.Type.COUNTER,
            "Calls that the provider refused although the learnt margin was as wide as it gets."),

    /** Calls of this instance that are counted in flight. */
    CALLS_IN_FLIGHT(
            "reverse.rate.limiter.calls.in.flight",
            Meter.Type.GAUGE,
            "Calls of this instance that are counted in flight."),

    /** How long calls were counted in flight, and how they ended. */
    CALLS(
            "reverse.rate.limiter.calls",
            Meter.Type.TIMER,
            "Time for which calls were counted in flight, by how they ended."),

    /** How often the store did not count calls any more that were in flight. */
    LEASES_LOST(
            "reverse.rate.limiter.leases.lost",
            Meter.Type.COUNTER,
            "Times the store no longer counted this instance's calls in flight of a key.");

    /** Tag: name of the limiter, {@code none} for the nameless one. */
    public static final String LIMITER = "limiter";

    /** Tag: {@code granted}, {@code denied}, or {@code error} for a request that ended without an answer. */
    public static final String OUTCOME = "outcome";

    /**
     * Tag: why it was denied, in the words of {@link io.github.reverseratelimiter.Acquisition.Reason}; or why there was no
     * answer: {@code interrupted}, {@code cancelled}, {@code store-misconfigured}, {@code other}. {@code none} for a grant.
     * Of a store failure: {@link io.github.reverseratelimiter.CreditStoreException.Reason}.
     */
    public static final String REASON = "reason";

    /** Tag: who decided a grant, {@code store}, {@code local} or {@code policy}; {@code none} for anything else. */
    public static final String BASIS = "basis";

    /**
     * Tag: what is answered while the store does not decide, {@link io.github.reverseratelimiter.OnStoreFailure}; {@code none}
     * where it refuses: that is an error with each.
     */
    public static final String POLICY = "policy";

    /**
     * Tag: how a call in flight ended, {@code answered}, {@code refused}, {@code unknown} (its caller gave up, and it
     * cannot be on its way any more), or {@code given-up}: nobody said within the longest time that a call may last.
     */
    public static final String END = "end";

    private final String meter;
    private final Meter.Type type;
    private final String description;

    ReverseRateLimiterMeters(String meter, Meter.Type type, String description) {
        this.meter = meter;
        this.type = type;
        this.description = description;
    }

    /** Its name in the registry, {@code reverse.rate.limiter.wait}; monitoring systems write it in their own way. */
    public String meter() {
        return meter;
    }

    /** Counter, timer or gauge. */
    public Meter.Type type() {
        return type;
    }

    /** What it measures, in a sentence. */
    public String description() {
        return description;
    }

    /** The keys of its tags. */
    public List<String> tags() {
        return switch (this) {
            case ACQUISITIONS -> List.of(LIMITER, OUTCOME, REASON, BASIS);
            case STORE_FAILURES -> List.of(LIMITER, REASON, POLICY);
            case STORE_OUTAGES -> List.of();
            case CALLS -> List.of(LIMITER, END);
            default -> List.of(LIMITER);
        };
    }
}
