package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a named limiter is configured with. Immutable; the methods named after a component return a copy.
 *
 * @param name one per provider, low in cardinality
 * @param plan of every key that has none of its own
 * @param keys keys that have a plan of their own
 * @param onStoreFailure what is answered while the store does not decide; empty if that is as for all limiters
 * @param marginSource where the margin of its calls comes from
 */
public record LimiterSettings(
        String name,
        Plan plan,
        Map<String, Plan> keys,
        Optional<OnStoreFailure> onStoreFailure,
        MarginSource marginSource) {

    private static final String GIVE_A_NAME = "give one that says whose API it is";
    private static final String GIVE_A_PLAN = "give Plan.of(limit)";

    /**
     * Checks the name and the keys; the plans are checked already.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public LimiterSettings {
        checkName(name);
        Check.given(plan, "plan" + Check.of(name), GIVE_A_PLAN);
        Check.given(keys, "keys" + Check.of(name), "give Map.of() if no key has a plan of its own");
        for (Map.Entry<String, Plan> key : keys.entrySet()) {
            var unused = new CreditKey(name, key.getKey());
            Check.given(key.getValue(), "plan of a key" + Check.of(name), GIVE_A_PLAN);
        }
        keys = Map.copyOf(keys);
        Check.given(onStoreFailure, "onStoreFailure" + Check.of(name), "give Optional.empty() if that is as for all");
        Check.given(marginSource, "marginSource" + Check.of(name), "give MarginSource.STATED, for example");
    }

    /**
     * With the margins that the plans state.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public LimiterSettings(String name, Plan plan, Map<String, Plan> keys, Optional<OnStoreFailure> onStoreFailure) {
        this(name, plan, keys, onStoreFailure, MarginSource.STATED);
    }

    /**
     * With the same answer to failures of the store as all limiters.
     *
     * @throws IllegalArgumentException if one is out of range; the message names the limiter, the value and the remedy
     */
    public LimiterSettings(String name, Plan plan, Map<String, Plan> keys) {
        this(name, plan, keys, Optional.empty());
    }

    /**
     * One plan for all keys.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names the limiter, the value and the remedy
     */
    public LimiterSettings(String name, List<RateLimit> limits, Duration margin, Waiting waiting) {
        this(name, plan(name, limits, margin, waiting), Map.of());
    }

    private static Plan plan(String name, List<RateLimit> limits, Duration margin, Waiting waiting) {
        checkName(name);
        return new Plan(Plan.check(name, limits, margin, waiting, Flow.FREE), margin, waiting);
    }

    private static void checkName(String name) {
        if (Check.given(name, "name of a limiter", GIVE_A_NAME).isBlank()) {
            throw new IllegalArgumentException("a named limiter needs a name that is not blank: " + GIVE_A_NAME);
        }
        var unused = new CreditKey(name, "check");
    }

    /** The limits of a key without a plan of its own. */
    public List<RateLimit> limits() {
        return plan.limits();
    }

    /** The margin of a key without a plan of its own; where it is learnt, the one that it begins with. */
    public Duration margin() {
        return plan.margin();
    }

    /** How callers of a key without a plan of its own wait, unless they say otherwise. */
    public Waiting waiting() {
        return plan.waiting();
    }

    /** The plan of this key: its own, or that of all others. */
    public Plan plan(String key) {
        return keys.getOrDefault(Check.given(key, "key" + Check.of(name), "say whose credits are taken"), plan);
    }

    /** A copy with another plan for every key that has none of its own. */
    public LimiterSettings plan(Plan other) {
        return new LimiterSettings(name, other, keys, onStoreFailure, marginSource);
    }

    /** A copy with other limits; the margin is cut to their shortest window, where that is less. */
    public LimiterSettings limits(RateLimit... other) {
        return plan(changed(other));
    }

    /** A plan does not know whose it is, and could not say so. */
    private Plan changed(RateLimit... other) {
        Check.given(other, "limits" + Check.of(name), "give RateLimit.of(limit, window)");
        return plan.limits(Plan.check(name, Arrays.asList(other), Duration.ZERO, plan.waiting(), plan.flow()));
    }

    /** A copy in which this key has a plan of its own. */
    public LimiterSettings key(String key, Plan own) {
        Map<String, Plan> all = new HashMap<>(keys);
        all.put(key, own);
        return new LimiterSettings(name, plan, all, onStoreFailure, marginSource);
    }

    /** A copy in which this key has limits of its own, and all else as the others. */
    public LimiterSettings key(String key, RateLimit... own) {
        return key(key, changed(own));
    }

    /** A copy that answers in another way while the store does not decide. */
    public LimiterSettings onStoreFailure(OnStoreFailure other) {
        return new LimiterSettings(name, plan, keys, Optional.of(other), marginSource);
    }

    /** A copy whose margins come from somewhere else. */
    public LimiterSettings marginSource(MarginSource other) {
        return new LimiterSettings(name, plan, keys, onStoreFailure, other);
    }

    /** Says how many keys have a plan of their own, not which: keys may be personal data. */
    @Override
    public String toString() {
        return "'" + name + "' " + plan.limits()
                + (keys.isEmpty() ? "" : ", and " + keys.size() + " keys of their own");
    }
}
