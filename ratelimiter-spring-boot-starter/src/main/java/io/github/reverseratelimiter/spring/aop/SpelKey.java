package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * A key expression over the arguments of a call.
 *
 * @param source where the annotation stands: its parameters have the names
 * @param expression parsed and checked; arguments are only its variables and never become expressions
 * @param beans finds {@code @bean}
 */
record SpelKey(Method source, SpelExpression expression, BeanResolver beans) implements KeySource {

    static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    @Override
    public String of(MethodInvocation call) {
        try {
            return KeyText.of(value(call));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where() + " " + e.getMessage() + "; no credit was taken", e);
        }
    }

    @Override
    public String text() {
        return expression.toStringAST();
    }

    private @Nullable Object value(MethodInvocation call) {
        KeyRoot root = new KeyRoot(call.getMethod(), call.getThis(), call.getArguments());
        MethodBasedEvaluationContext context =
                new MethodBasedEvaluationContext(root, source, call.getArguments(), NAMES);
        context.setBeanResolver(beans);
        try {
            return expression.getValue(context);
        } catch (EvaluationException e) {
            throw new IllegalStateException(where() + " could not be evaluated; no credit was taken", e);
        }
    }

    private String where() {
        return "key \"" + expression.getExpressionString() + "\" of " + InvalidRateLimitedMethodException.text(source);
    }
}
