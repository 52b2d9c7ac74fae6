package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditRequest;
import java.util.List;
import org.aopalliance.intercept.MethodInvocation;

/**
 * A limited method: what a call of it has to take, all or none, and what happens around it.
 *
 * @param operations one for each annotation that counts, at least one
 * @param rules what all of them say about the call itself
 */
record LimitedMethod(List<RateLimitedOperation> operations, CallRules rules) {

    /** Takes a copy of the list. */
    LimitedMethod {
        operations = List.copyOf(operations);
    }

    /** For messages: class and method. */
    String name() {
        return operations.get(0).name();
    }

    /**
     * What this call has to take.
     *
     * @throws IllegalArgumentException if the arguments give no usable key
     */
    List<CreditRequest> requests(MethodInvocation call) {
        if (operations.size() == 1) {
            return List.of(operations.get(0).request(call));
        }
        return operations.stream().map(each -> each.request(call)).toList();
    }
}
