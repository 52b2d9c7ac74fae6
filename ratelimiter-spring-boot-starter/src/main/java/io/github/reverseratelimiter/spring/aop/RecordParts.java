package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The components of records, which the text of a record is made of. */
final class RecordParts {

    private static final ClassValue<List<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getAccessor)
                    .filter(Method::trySetAccessible)
                    .toList();
        }
    };

    private RecordParts() {}

    /** The component that makes a text of its own differ in each JVM; null if none does. */
    static @Nullable String nameless(Object value, String text) {
        for (Method accessor : ACCESSORS.get(value.getClass())) {
            if (isNameless(part(accessor, value), text)) {
                return accessor.getName();
            }
        }
        return null;
    }

    /** A record may have a better text than the one that its components give it. */
    private static boolean isNameless(@Nullable Object part, String text) {
        if (part == null) {
            return false;
        }
        return part instanceof Record
                ? nameless(part, text) != null
                : KeyText.isNameless(part) && text.contains(part.toString());
    }

    private static @Nullable Object part(Method accessor, Object value) {
        try {
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            return null; // the record's own text has been made without it
        }
    }
}
