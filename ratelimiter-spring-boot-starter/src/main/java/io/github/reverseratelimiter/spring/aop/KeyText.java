package io.github.reverseratelimiter.spring.aop;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text of a key, if it is the same for equal values in every JVM. */
final class KeyText {

    private static final ClassValue<Boolean> NAMELESS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type.getMethod("toString").getDeclaringClass() == Object.class;
            } catch (NoSuchMethodException e) {
                return true;
            }
        }
    };

    private KeyText() {}

    /** The text, or why there is none; the value is not part of that: it may be personal data. */
    static String of(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> of(entry.getKey()) + "=" + of(entry.getValue()))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Collection<?> elements) {
            Stream<String> texts = elements.stream().map(KeyText::of);
            // Equal sets need not iterate in the same order; those of Set.of do not even in two runs of one program.
            return (value instanceof Set<?> ? texts.sorted() : texts).collect(Collectors.joining(", ", "[", "]"));
        }
        check(value);
        String text = String.valueOf(value);
        if (value instanceof Record) {
            checkParts(value, text);
        }
        return text;
    }

    /** Whether its text differs in each JVM, and for equal arrays and objects too. */
    static boolean isNameless(Object value) {
        return value.getClass().isArray() || NAMELESS.get(value.getClass());
    }

    private static void checkParts(Object value, String text) {
        String part = RecordParts.nameless(value, text);
        if (part != null) {
            throw new IllegalArgumentException("is a " + value.getClass().getName() + ", whose component '" + part
                    + "' has a text that differs in each JVM: name another of its components");
        }
    }

    private static void check(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("is null: give the account in whose name the call is made");
        }
        if (value.getClass().isArray()) {
            throw new IllegalArgumentException("is an array ("
                    + value.getClass().getSimpleName() + "), whose text differs in each JVM: name one of its elements");
        }
        if (NAMELESS.get(value.getClass())) {
            throw new IllegalArgumentException(
                    "is a " + value.getClass().getName()
                            + ", which has no toString of its own, so its text differs in each JVM: name one of its properties");
        }
    }
}
