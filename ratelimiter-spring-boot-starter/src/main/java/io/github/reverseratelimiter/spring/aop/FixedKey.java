package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;

/**
 * The same key for every call.
 *
 * @param key stands in the annotation, or is the method itself
 */
record FixedKey(String key) implements KeySource {

    @Override
    public String of(MethodInvocation call) {
        return key;
    }

    @Override
    public String text() {
        return "'" + key + "'";
    }
}
