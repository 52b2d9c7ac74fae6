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
 * @param template the request as it was at the start, but for the key and what it costs
 * @param terms what the limits are when it is called
 */
record RateLimitedOperation(String name, KeySource key, CostSource cost, CreditRequest template, Terms terms) {

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key or no number of credits, or the call costs more
     *     than the limits of this key ever grant
     */
    CreditRequest request(MethodInvocation call) {
        String value = key.of(call);
        int credits = cost.of(call);
        try {
            return terms.request(new CreditKey(template.key().limiter(), value), credits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + name + "); no credit was taken", e);
        }
    }
}
