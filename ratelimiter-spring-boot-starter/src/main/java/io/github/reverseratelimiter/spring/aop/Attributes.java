package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;

/** Reads the texts of an annotation: placeholders, then durations. */
record Attributes(Method method, ConfigurableBeanFactory beans) {

    private static final String DURATIONS = "write a number and a unit, such as 250ms, 1s, 1m or PT1M";

    /** The text with its placeholders replaced, without blanks around it. */
    String text(String attribute, String value) {
        if (value.isEmpty()) {
            return value;
        }
        String resolved;
        try {
            resolved = beans.resolveEmbeddedValue(value);
        } catch (IllegalArgumentException e) {
            throw unresolved(attribute, value, e);
        }
        if (resolved == null || resolved.contains("${")) {
            throw unresolved(attribute, value, null);
        }
        return resolved.trim();
    }

    private InvalidRateLimitedMethodException unresolved(String attribute, String value, @Nullable Exception cause) {
        return new InvalidRateLimitedMethodException(
                method,
                attribute + " is \"" + value + "\", and no property of that name is set",
                "set it, or give a default: \"${name:1s}\"",
                cause);
    }

    /** A duration; the text must not be empty. */
    Duration duration(String attribute, String text) {
        if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidRateLimitedMethodException(
                    method, attribute + " \"" + text + "\" has no unit", DURATIONS, null);
        }
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidRateLimitedMethodException(
                    method, attribute + " \"" + text + "\" is not a duration", DURATIONS, e);
        }
    }
}
