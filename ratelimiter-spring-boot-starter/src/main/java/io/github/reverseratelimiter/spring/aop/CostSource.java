package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;

/** How many credits a call costs. */
interface CostSource {

    /**
     * Of this call.
     *
     * @throws IllegalArgumentException if it does not come to a whole number of at least 1
     */
    int of(MethodInvocation call);

    /** As an expression. */
    String text();
}
