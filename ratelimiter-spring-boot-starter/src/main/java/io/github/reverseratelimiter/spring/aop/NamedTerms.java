package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * Terms of a named limiter: those that apply to the key at the moment of the call.
 *
 * @param limiter may be configured anew at any time
 * @param margin of the annotation, which goes before
 * @param waiting of the annotation, which goes before
 * @param flow of the annotation, which goes before
 */
record NamedTerms(
        NamedLimiter limiter,
        MarginAttribute margin,
        @Nullable Waiting waiting,
        FlowAttributes flow) implements Terms {

    @Override
    public CreditRequest request(CreditKey key, int credits) {
        return request(margin.plan(limiter, key.value()), key, credits);
    }

    @Override
    public CreditRequest template(CreditKey key, int credits) {
        return request(limiter.settings().plan(), key, credits);
    }

    private CreditRequest request(Plan plan, CreditKey key, int credits) {
        return new CreditRequest(
                key,
                plan.limits(),
                margin.over(plan),
                credits,
                waiting == null ? plan.waiting() : waiting,
                flow.over(plan.flow()));
    }
}
