package io.github.reverseratelimiter.spring.aop;

import java.util.List;

/**
 * What annotations say about the call, not about its credits.
 *
 * @param fallbackMethod called where no credit was to be had; empty for none
 * @param refundOn exceptions after which the credits come back
 */
record CallRules(String fallbackMethod, List<Class<? extends Throwable>> refundOn) {

    /** Takes a copy of the list. */
    CallRules {
        refundOn = List.copyOf(refundOn);
    }
}
