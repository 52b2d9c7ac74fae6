package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;

/** Where the key of a call comes from. */
interface KeySource {

    /**
     * Whose allowance this call spends.
     *
     * @throws IllegalArgumentException if there is no key that could tell one account from another
     */
    String of(MethodInvocation call);

    /** As an expression: the same text, the same keys, as far as that can be told before a call. */
    String text();
}
