package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.expression.spel.ast.Literal;

/** Reads the key of a limited method. */
record KeyReader(Place place, ConfigurableBeanFactory beans) {

    private static final String KEY = "key";
    private static final String EXAMPLES = "\"#account\" for a parameter, \"'github'\" for a text";

    /** From the expression, or from the place where there is none. */
    KeySource read(String text) {
        if (text.isEmpty()) {
            return new FixedKey(place.defaultKey());
        }
        CallExpressionReader reader = new CallExpressionReader(place, beans);
        CallExpression expression = reader.read(KEY, text, EXAMPLES);
        if (!(expression.expression().getAST() instanceof Literal)) {
            ParameterKey parameter = ParameterKey.of(expression);
            return parameter != null ? parameter : new SpelKey(expression);
        }
        try {
            return new FixedKey(
                    new CreditKey("", KeyText.of(expression.expression().getValue())).value());
        } catch (IllegalArgumentException e) {
            throw reader.wrong(KEY, text, e);
        }
    }
}
