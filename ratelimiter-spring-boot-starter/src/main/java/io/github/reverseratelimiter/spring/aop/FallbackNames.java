package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.annotation.MergedAnnotations;

/** Tells fallbacks from the methods of a type that its annotation limits. */
final class FallbackNames {

    /** As the annotations of a type and of its methods write them. */
    private static final ClassValue<Set<String>> NAMES = new ClassValue<>() {
        @Override
        protected Set<String> computeValue(Class<?> type) {
            return TypeHierarchy.typesOf(type).stream()
                    .flatMap(each -> Stream.concat(
                            LimitedTypes.on(each).stream(),
                            Stream.of(TypeHierarchy.declaredMethods(each))
                                    .flatMap(
                                            method -> MergedAnnotations.from(method).stream(ReverseRateLimited.class))))
                    .map(annotation -> annotation.getString("fallbackMethod"))
                    .collect(Collectors.toUnmodifiableSet());
        }
    };

    private FallbackNames() {}

    /**
     * Whether a method is meant by the name of a fallback: it takes a failure, or what a method of another name takes. A
     * method whose own overload is its fallback is none.
     */
    static boolean meant(Method method, Class<?> targetClass) {
        if (!NAMES.get(targetClass).contains(method.getName())) {
            return false;
        }
        List<Class<?>> parameters = withoutFailure(method);
        return parameters.size() < method.getParameterCount()
                || TypeHierarchy.typesOf(targetClass).stream()
                        .flatMap(type -> Stream.of(TypeHierarchy.declaredMethods(type)))
                        .anyMatch(other -> !other.getName().equals(method.getName())
                                && !other.isSynthetic()
                                && Arrays.asList(other.getParameterTypes()).equals(parameters));
    }

    private static List<Class<?>> withoutFailure(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .filter(type -> !Throwable.class.isAssignableFrom(type))
                .collect(Collectors.toList());
    }
}
