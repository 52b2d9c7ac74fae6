package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;

/** Reads the texts of an annotation: placeholders, then durations. */
record Attributes(Method method, ConfigurableBeanFactory beans) {

    private static final String DURATIONS = "write a number and a unit, such as 250ms, 1s, 1m or PT1M";
    private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?\\d+");
    private static final Pattern ZERO = Pattern.compile("[+-]?0+");

    /** The text with its placeholders replaced, without blanks around it; empty only if the attribute is left out. */
    String text(String attribute, String value) {
        if (value.isEmpty()) {
            return value;
        }
        String resolved;
        try {
            resolved = beans.resolveEmbeddedValue(value);
        } catch (IllegalArgumentException e) {
            throw unresolved(attribute, value, e.getMessage(), e);
        }
        if (resolved == null || resolved.contains("${")) {
            throw unresolved(attribute, value, "no property of that name is set", null);
        }
        if (resolved.isBlank()) {
            throw new InvalidRateLimitedMethodException(
                    method,
                    attribute + " is \"" + value + "\"" + (value.isBlank() ? ", blank" : ", which comes to nothing"),
                    "write something, or leave it out",
                    null);
        }
        return resolved.trim();
    }

    private InvalidRateLimitedMethodException unresolved(
            String attribute, String value, @Nullable String reason, @Nullable Exception cause) {
        return new InvalidRateLimitedMethodException(
                method,
                attribute + " is \"" + value + "\", which cannot be resolved (" + reason + ")",
                "set the property, or give a default: \"${name:1s}\"",
                cause);
    }

    /** A duration; the text must not be empty. Zero needs no unit. */
    Duration duration(String attribute, String text) {
        if (ZERO.matcher(text).matches()) {
            return Duration.ZERO;
        }
        if (BARE_NUMBER.matcher(text).matches()) {
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
