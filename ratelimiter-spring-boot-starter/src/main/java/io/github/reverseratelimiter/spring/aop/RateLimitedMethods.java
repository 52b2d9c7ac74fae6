package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds the annotations that count: those on the method, else on what it overrides, else on what it implements, else on
 * the class or interface. The nearest that has any replaces all others.
 */
final class RateLimitedMethods {

    private RateLimitedMethods() {}

    /** The annotations of a method as called on this class, all of one place; empty if there are none. */
    static List<MergedAnnotation<ReverseRateLimited>> find(Method method, @Nullable Class<?> targetClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        List<MergedAnnotation<ReverseRateLimited>> found = onMethod(specific);
        if (found.isEmpty() && !specific.equals(method)) {
            found = onMethod(method);
        }
        if (found.isEmpty() && targetClass != null) {
            found = onImplemented(specific, targetClass);
        }
        return found.isEmpty()
                ? LimitedTypes.find(specific, targetClass != null ? targetClass : method.getDeclaringClass())
                : found;
    }

    /** An inherited method may implement one of an interface that its own class does not know. */
    private static List<MergedAnnotation<ReverseRateLimited>> onImplemented(Method specific, Class<?> targetClass) {
        Class<?> declaring = specific.getDeclaringClass();
        return TypeHierarchy.interfacesOf(targetClass)
                .filter(each -> !each.isAssignableFrom(declaring))
                .flatMap(each -> TypeHierarchy.implemented(each, specific, targetClass))
                .map(RateLimitedMethods::onMethod)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** An override and what it overrides would be two: only those of the nearest place count. */
    private static List<MergedAnnotation<ReverseRateLimited>> onMethod(Method method) {
        List<MergedAnnotation<ReverseRateLimited>> all =
                MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).stream(ReverseRateLimited.class)
                        .toList();
        int nearest =
                all.stream().mapToInt(MergedAnnotation::getAggregateIndex).min().orElse(0);
        return all.stream().filter(each -> each.getAggregateIndex() == nearest).toList();
    }

    /** Where an annotation stands that was found for a method as called on this class. */
    static Place place(MergedAnnotation<ReverseRateLimited> annotation, Method method, @Nullable Class<?> targetClass) {
        if (Objects.requireNonNull(annotation.getSource()) instanceof Class<?> type) {
            Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
            return new Place(type, TypeHierarchy.methodOf(type, specific, targetClass));
        }
        return Place.of((Method) annotation.getSource());
    }

    /** All methods with an annotation of their own that a class declares, inherits or implements. */
    static List<Method> annotated(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, ReverseRateLimited.class)) {
            return List.of();
        }
        List<Method> methods = new ArrayList<>();
        for (Class<?> each : TypeHierarchy.typesOf(type)) {
            for (Method method : TypeHierarchy.declaredMethods(each)) {
                if (!method.isSynthetic() && isAnnotated(method)) {
                    methods.add(method);
                }
            }
        }
        return List.copyOf(methods);
    }

    private static boolean isAnnotated(Method method) {
        MergedAnnotations annotations = MergedAnnotations.from(method);
        return annotations.isPresent(ReverseRateLimited.class);
    }
}
