package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import org.aopalliance.intercept.MethodInvocation;

/**
 * A limited method, as its annotation says, with every attribute read and checked.
 *
 * @param name for messages: class and method
 * @param key whose credits a call takes
 * @param template the request, but for the key
 */
record RateLimitedOperation(String name, KeySource key, CreditRequest template) {

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key
     */
    CreditRequest request(MethodInvocation call) {
        return new CreditRequest(
                key(key.of(call)), template.limits(), template.margin(), template.credits(), template.waiting());
    }

    private CreditKey key(String value) {
        try {
            return new CreditKey(template.key().limiter(), value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + name + "); no credit was taken", e);
        }
    }
}
