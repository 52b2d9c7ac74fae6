package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;

/**
 * The same for every call.
 *
 * @param credits how many
 */
record FixedCost(int credits) implements CostSource {

    @Override
    public int of(MethodInvocation call) {
        return credits;
    }

    @Override
    public String text() {
        return String.valueOf(credits);
    }
}
