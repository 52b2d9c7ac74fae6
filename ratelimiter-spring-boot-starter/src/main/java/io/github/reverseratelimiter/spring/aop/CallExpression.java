package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * An expression over the arguments of a call.
 *
 * @param attribute it is the value of
 * @param place where the annotation stands: its parameters have the names
 * @param expression parsed and checked; arguments are only its variables and never become expressions
 * @param beans finds {@code @bean}
 */
record CallExpression(String attribute, Place place, SpelExpression expression, BeanResolver beans) {

    static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    /** What it comes to. */
    @Nullable
    Object value(MethodInvocation call) {
        KeyRoot root = new KeyRoot(call.getMethod(), call.getThis(), call.getArguments());
        MethodBasedEvaluationContext context =
                new MethodBasedEvaluationContext(root, place.method(), call.getArguments(), NAMES);
        context.setBeanResolver(beans);
        try {
            return expression.getValue(context);
        } catch (EvaluationException e) {
            throw new IllegalStateException(
                    where(attribute, expression.getExpressionString(), place)
                            + " could not be evaluated; no credit was taken",
                    e);
        }
    }

    /** The same text, the same values, as far as that can be told before a call. */
    String text() {
        return expression.toStringAST();
    }

    /** Why a value will not do; the message names the place, and no value but what {@code problem} tells. */
    IllegalArgumentException wrong(IllegalArgumentException problem) {
        return wrong(attribute, expression.getExpressionString(), place, problem);
    }

    /** The same for a value that was found without an expression. */
    static IllegalArgumentException wrong(
            String attribute, String text, Place place, IllegalArgumentException problem) {
        return new IllegalArgumentException(
                where(attribute, text, place) + " " + problem.getMessage() + "; no credit was taken", problem);
    }

    private static String where(String attribute, String text, Place place) {
        return attribute + " \"" + text + "\" of " + place.text();
    }
}
