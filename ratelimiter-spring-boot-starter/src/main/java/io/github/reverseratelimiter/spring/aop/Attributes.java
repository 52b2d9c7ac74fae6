package io.github.reverseratelimiter.spring.aop;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;

/** Reads the texts of an annotation: placeholders, then durations and numbers. */
record Attributes(Place place, ConfigurableBeanFactory beans) {

    private static final String DURATIONS = "write a number and a unit, such as 250ms, 1s, 1m or PT1M";
    private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?\\d+");
    private static final Pattern ZERO = Pattern.compile("[+-]?0+");
    private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);

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
            throw wrong(
                    attribute + " is \"" + value + "\"" + (value.isBlank() ? ", blank" : ", which comes to nothing"),
                    "write something, or leave it out",
                    null);
        }
        return resolved.trim();
    }

    private InvalidRateLimitedMethodException unresolved(
            String attribute, String value, @Nullable String reason, @Nullable Exception cause) {
        return wrong(
                attribute + " is \"" + value + "\", which cannot be resolved (" + reason + ")",
                "set the property, or give a default: \"${name:1s}\"",
                cause);
    }

    /** A duration, with its text; empty if the attribute is left out. Zero needs no unit. */
    Optional<Written<Duration>> duration(String attribute, String value) {
        String text = text(attribute, value);
        return text.isEmpty() ? Optional.empty() : Optional.of(new Written<>(text, durationOf(attribute, text)));
    }

    private Duration durationOf(String attribute, String text) {
        if (ZERO.matcher(text).matches()) {
            return Duration.ZERO;
        }
        if (BARE_NUMBER.matcher(text).matches()) {
            throw wrong(attribute + " \"" + text + "\" has no unit", DURATIONS, null);
        }
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw wrong(attribute + " \"" + text + "\" is not a duration", DURATIONS, e);
        }
    }

    /** A number that stands as such (0 for left out) or as a text; empty if neither is given. */
    Optional<Written<Integer>> number(String attribute, int value, String textual) {
        String text = text(attribute + "String", textual);
        if (text.isEmpty()) {
            return value == 0 ? Optional.empty() : Optional.of(new Written<>(String.valueOf(value), value));
        }
        if (value != 0) {
            throw wrong(
                    attribute + " is " + value + " and " + attribute + "String is \"" + text + "\"",
                    "leave one of them out",
                    null);
        }
        if (!BARE_NUMBER.matcher(text).matches()) {
            throw wrong(attribute + "String \"" + text + "\" is not a whole number", "write one, such as \"5\"", null);
        }
        BigInteger number = new BigInteger(text);
        if (number.abs().compareTo(MOST) > 0) {
            throw wrong(attribute + "String \"" + text + "\" is out of range", "write at most " + MOST, null);
        }
        return Optional.of(new Written<>(text, number.intValue()));
    }

    /** About this place. */
    InvalidRateLimitedMethodException wrong(String problem, String remedy, @Nullable Throwable cause) {
        return new InvalidRateLimitedMethodException(place, problem, remedy, cause);
    }
}
