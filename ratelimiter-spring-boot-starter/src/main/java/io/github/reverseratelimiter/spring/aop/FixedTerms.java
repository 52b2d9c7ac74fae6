package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Plan;

/**
 * Terms that stand in the annotation: the same for every key, as long as the application runs.
 *
 * @param plan what it states
 */
record FixedTerms(Plan plan) implements Terms {

    @Override
    public CreditRequest request(CreditKey key, int credits) {
        return new CreditRequest(key, plan.limits(), plan.margin(), credits, plan.waiting(), plan.flow());
    }

    @Override
    public CreditRequest template(CreditKey key, int credits) {
        return request(key, credits);
    }
}
