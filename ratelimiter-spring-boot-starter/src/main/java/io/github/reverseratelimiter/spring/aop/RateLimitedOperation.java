package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import org.aopalliance.intercept.MethodInvocation;

/**
 * A limited method, as its annotation says, with every attribute read and checked.
 *
 * @param name for messages: class and method
 * @param key whose credits a call takes
 * @param template the request as it was at the start, but for the key
 * @param terms what the limits are when it is called
 */
record RateLimitedOperation(String name, KeySource key, CreditRequest template, Terms terms) {

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key, or the call costs more than the limits of this
     *     key ever grant
     */
    CreditRequest request(MethodInvocation call) {
        return request(key.of(call), template.credits());
    }

    private CreditRequest request(String value, int credits) {
        try {
            return terms.request(new CreditKey(template.key().limiter(), value), credits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + name + "); no credit was taken", e);
        }
    }
}
