package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * The limited methods of the beans of a class.
 *
 * @param targetClass of the beans
 * @param types its annotated types, the nearest first
 * @param annotated methods that are annotated themselves
 * @param ofTypes methods that are not, but whose type is
 */
record LimitedClass(Class<?> targetClass, List<Class<?>> types, List<Method> annotated, List<Method> ofTypes) {

    /** As its annotations say. */
    static LimitedClass of(Class<?> targetClass) {
        List<Class<?>> types = LimitedTypes.annotated(targetClass);
        return new LimitedClass(
                targetClass,
                types,
                RateLimitedMethods.annotated(targetClass),
                types.isEmpty() ? List.of() : LimitedTypes.methods(targetClass));
    }

    /** Whether there is no annotation at all. */
    boolean isEmpty() {
        return types.isEmpty() && annotated.isEmpty();
    }

    /**
     * Those that a proxy intercepts.
     *
     * @throws InvalidRateLimitedMethodException if an annotation limits what no proxy intercepts
     */
    List<Method> reachable(Reachability reachability) {
        List<Method> reachable = new ArrayList<>(annotated);
        annotated.forEach(reachability::check);
        ofTypes.stream().filter(reachability::checkOfType).forEach(reachable::add);
        if (reachable.isEmpty()) {
            throw new InvalidRateLimitedMethodException(
                    types.get(0),
                    "it has no method whose calls Spring can intercept in " + targetClass.getName(),
                    "make one public, or leave the annotation out",
                    null);
        }
        return reachable;
    }
}
