package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditKey;
import java.lang.reflect.Method;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelParseException;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Reads the key of a limited method. */
record KeyReader(Method source, ConfigurableBeanFactory beans) {

    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    /** From the expression, or from the method where there is none. */
    KeySource read(String text) {
        if (text.isEmpty()) {
            return new FixedKey(source.getDeclaringClass().getName() + "#" + source.getName());
        }
        SpelExpression expression = parse(text);
        try {
            new KeyNames(source, beans::containsBean).check(expression.getAST());
            if (expression.getAST() instanceof Literal) {
                return new FixedKey(new CreditKey("", KeyText.of(expression.getValue())).value());
            }
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw InvalidRateLimitedMethodException.of(
                    source, new IllegalArgumentException("key \"" + text + "\" " + message, e));
        }
        ParameterKey parameter = ParameterKey.of(source, expression.getAST());
        return parameter != null ? parameter : new SpelKey(source, expression, new BeanFactoryResolver(beans));
    }

    private SpelExpression parse(String text) {
        try {
            return PARSER.parseRaw(text);
        } catch (ParseException | IllegalStateException e) {
            String where = e instanceof SpelParseException syntax ? " at position " + syntax.getPosition() : "";
            throw new InvalidRateLimitedMethodException(
                    source,
                    "key \"" + text + "\" is not a SpEL expression" + where,
                    "write \"#account\" for a parameter, \"'github'\" for a text",
                    e);
        }
    }
}
