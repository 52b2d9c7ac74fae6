package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.expression.spel.ast.Literal;

/** Reads the key of a limited method. Most are a text or a parameter: those need no SpEL, whose classes a start would pay for. */
record KeyReader(Place place, ConfigurableBeanFactory beans) {

    static final String KEY = "key";
    private static final String EXAMPLES = "\"#account\" for a parameter, \"'github'\" for a text";
    private static final Pattern TEXT = Pattern.compile("'[^']*'");

    /** From the expression, or from the place where there is none. */
    KeySource read(String text) {
        if (text.isEmpty()) {
            return new FixedKey(place.defaultKey());
        }
        if (TEXT.matcher(text).matches()) {
            return fixed(text, text.substring(1, text.length() - 1));
        }
        ParameterKey parameter = ParameterKey.of(place, text);
        if (parameter != null) {
            return parameter;
        }
        CallExpression expression = reader().read(KEY, text, EXAMPLES);
        return expression.expression().getAST() instanceof Literal
                ? fixed(text, expression.expression().getValue())
                : new SpelKey(expression);
    }

    private FixedKey fixed(String text, @Nullable Object value) {
        try {
            return new FixedKey(new CreditKey("", KeyText.of(value)).value());
        } catch (IllegalArgumentException e) {
            throw reader().wrong(KEY, text, e);
        }
    }

    private CallExpressionReader reader() {
        return new CallExpressionReader(place, beans);
    }
}
