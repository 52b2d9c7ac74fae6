package io.github.reverseratelimiter.spring.aop;

import java.math.BigDecimal;
import java.util.Optional;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * A number of credits that depends on the arguments of a call.
 *
 * @param expression comes to the number
 */
record SpelCost(CallExpression expression) implements CostSource {

    @Override
    public int of(MethodInvocation call) {
        try {
            return credits(expression.value(call));
        } catch (IllegalArgumentException e) {
            throw expression.wrong(e);
        }
    }

    @Override
    public String text() {
        return expression.text();
    }

    /** The number of credits, or why it is none; "problem: remedy". */
    static int credits(@Nullable Object value) {
        if (value instanceof Integer number && number > 0) {
            return number;
        }
        if (value instanceof Optional<?> optional) {
            return credits(optional.orElse(null));
        }
        if (value == null) {
            throw new IllegalArgumentException("is null: give a whole number from 1 to the limit");
        }
        if (!(value instanceof Number)) {
            throw new IllegalArgumentException(
                    "is a " + value.getClass().getName() + ", not a number: give a whole number from 1 to the limit");
        }
        int credits = whole(value);
        if (credits < 1) {
            throw new IllegalArgumentException("is " + value + ", less than 1: give what the call costs");
        }
        return credits;
    }

    private static int whole(Object value) {
        try {
            return new BigDecimal(value.toString()).intValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "is " + value + ", not a whole number from 1 to 2147483647: give what the call costs", e);
        }
    }
}
