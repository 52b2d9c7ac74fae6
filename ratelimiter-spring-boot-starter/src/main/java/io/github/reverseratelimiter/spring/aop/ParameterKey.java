package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.ast.VariableReference;

/**
 * A key that is a parameter of the method, as most are: what an expression of that one name evaluates to, without its cost.
 *
 * @param expression the name, {@code #account}
 * @param index of the parameter
 */
record ParameterKey(CallExpression expression, int index) implements KeySource {

    /** The key of an expression; null if that is more than a parameter's name. */
    static @Nullable ParameterKey of(CallExpression expression) {
        if (!(expression.expression().getAST() instanceof VariableReference)) {
            return null;
        }
        Integer index =
                parameters(expression.place().method()).get(expression.text().substring(1));
        return index == null ? null : new ParameterKey(expression, index);
    }

    /** In the order in which Spring sets the variables of an expression: of two with one name, the later counts. */
    private static Map<String, Integer> parameters(Method source) {
        Map<String, Integer> parameters = new HashMap<>();
        @Nullable String[] names = CallExpression.NAMES.getParameterNames(source);
        for (int i = 0; i < (names == null ? source.getParameterCount() : names.length); i++) {
            parameters.put("a" + i, i);
            parameters.put("p" + i, i);
            String name = names == null ? null : names[i];
            if (name != null) {
                parameters.put(name, i);
            }
        }
        parameters.remove("root");
        parameters.remove("this");
        return parameters;
    }

    @Override
    public String of(MethodInvocation call) {
        Object value = call.getArguments()[index];
        if (value instanceof String text) {
            return text;
        }
        try {
            return KeyText.of(value);
        } catch (IllegalArgumentException e) {
            throw expression.wrong(e);
        }
    }

    @Override
    public String text() {
        return expression.text();
    }
}
