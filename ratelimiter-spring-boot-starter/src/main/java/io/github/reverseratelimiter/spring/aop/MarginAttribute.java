package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.MarginSource;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.Optional;

/** Where an annotation says that the margin of its calls comes from. */
sealed interface MarginAttribute {

    /** It says nothing. */
    record Unsaid() implements MarginAttribute {}

    /** It says how wide it is. */
    record Stated(Duration margin) implements MarginAttribute {}

    /** It is to be learnt. */
    record Learnt() implements MarginAttribute {}

    static MarginAttribute of(Attributes attributes, ReverseRateLimited annotation) {
        if (attributes.text("margin", annotation.margin()).equalsIgnoreCase("auto")) {
            return new Learnt();
        }
        Optional<Written<Duration>> margin = attributes.duration("margin", annotation.margin());
        return margin.isEmpty() ? new Unsaid() : new Stated(margin.get().value());
    }

    /** What a limiter has for a key; where the margin is learnt, with that. */
    default Plan plan(NamedLimiter limiter, String key) {
        return this instanceof Learnt ? limiter.plan(key, MarginSource.LEARNT) : limiter.plan(key);
    }

    /** The margin of calls under this plan; a stated one is cut to the windows, which may have become shorter since the start. */
    default Duration over(Plan plan) {
        return this instanceof Stated stated
                ? CreditRequest.defaultMargin(plan.limits(), stated.margin())
                : plan.margin();
    }
}
