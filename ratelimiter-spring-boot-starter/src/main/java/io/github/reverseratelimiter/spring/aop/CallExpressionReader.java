package io.github.reverseratelimiter.spring.aop;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelParseException;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Reads an expression over the arguments of a call, once. */
record CallExpressionReader(Place place, ConfigurableBeanFactory beans) {

    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    /**
     * Parses it and looks at the names in it.
     *
     * @param examples of this attribute, for the remedy
     */
    CallExpression read(String attribute, String text, String examples) {
        SpelExpression expression = parse(attribute, text, examples);
        try {
            new KeyNames(place.method(), beans::containsBean).check(expression.getAST());
        } catch (IllegalArgumentException e) {
            throw wrong(attribute, text, e);
        }
        return new CallExpression(attribute, place, expression, new BeanFactoryResolver(beans));
    }

    /** Names the attribute too. */
    InvalidRateLimitedMethodException wrong(String attribute, String text, IllegalArgumentException e) {
        return InvalidRateLimitedMethodException.of(
                place, new IllegalArgumentException(attribute + " \"" + text + "\" " + e.getMessage(), e));
    }

    private SpelExpression parse(String attribute, String text, String examples) {
        try {
            return PARSER.parseRaw(text);
        } catch (ParseException | IllegalStateException e) {
            String where = e instanceof SpelParseException syntax ? " at position " + syntax.getPosition() : "";
            throw new InvalidRateLimitedMethodException(
                    place, attribute + " \"" + text + "\" is not a SpEL expression" + where, "write " + examples, e);
        }
    }
}
