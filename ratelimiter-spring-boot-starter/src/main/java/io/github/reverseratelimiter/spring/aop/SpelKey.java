package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;

/**
 * A key expression over the arguments of a call.
 *
 * @param expression comes to the key
 */
record SpelKey(CallExpression expression) implements KeySource {

    @Override
    public String of(MethodInvocation call) {
        try {
            return KeyText.of(expression.value(call));
        } catch (IllegalArgumentException e) {
            throw expression.wrong(e);
        }
    }

    @Override
    public String text() {
        return expression.text();
    }
}
