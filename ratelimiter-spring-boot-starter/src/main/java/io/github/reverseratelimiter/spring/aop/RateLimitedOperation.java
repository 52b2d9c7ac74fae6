package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import org.aopalliance.intercept.MethodInvocation;

/**
 * What one annotation says about the credits of a method, with every attribute read and checked.
 *
 * @param name for messages: class and method
 * @param key whose credits a call takes
 * @param cost how many
 * @param template the request, but for the key and what it costs
 */
record RateLimitedOperation(String name, KeySource key, CostSource cost, CreditRequest template) {

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key, or no number of credits
     */
    CreditRequest request(MethodInvocation call) {
        String value = key.of(call);
        int credits = cost.of(call);
        try {
            CreditKey creditKey = new CreditKey(template.key().limiter(), value);
            return new CreditRequest(creditKey, template.limits(), template.margin(), credits, template.waiting());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + name + "); no credit was taken", e);
        }
    }
}
