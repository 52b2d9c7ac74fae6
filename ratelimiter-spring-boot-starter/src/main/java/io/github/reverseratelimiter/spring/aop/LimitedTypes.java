package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

/**
 * Finds annotations on types. One on a class limits the methods that it and its subclasses have, one on an interface those
 * of the interface: but for private and static ones, those of {@link Object}, those that the container calls, and
 * fallbacks.
 */
final class LimitedTypes {

    private LimitedTypes() {}

    /** Those on the nearest type that limits this method; empty if none does. */
    static List<MergedAnnotation<ReverseRateLimited>> find(Method specific, Class<?> targetClass) {
        for (Class<?> type : TypeHierarchy.typesOf(targetClass)) {
            List<MergedAnnotation<ReverseRateLimited>> found = on(type);
            if (!found.isEmpty() && (!type.isInterface() || TypeHierarchy.declares(type, specific, targetClass))) {
                return isLimitable(specific, targetClass) ? found : List.of();
            }
        }
        return List.of();
    }

    /** The types of a class that are annotated themselves. */
    static List<Class<?>> annotated(Class<?> targetClass) {
        if (!AnnotationUtils.isCandidateClass(targetClass, ReverseRateLimited.class)) {
            return List.of();
        }
        return TypeHierarchy.typesOf(targetClass).stream()
                .filter(type -> !on(type).isEmpty())
                .toList();
    }

    /** The methods of a class that are limited by a type; of overridden ones only the last. */
    static List<Method> methods(Class<?> targetClass) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> type : TypeHierarchy.typesOf(targetClass)) {
            if (TypeHierarchy.isGenerated(type)) {
                continue;
            }
            for (Method method : TypeHierarchy.declaredMethods(type)) {
                Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
                boolean last = specific.equals(method) || TypeHierarchy.isGenerated(specific.getDeclaringClass());
                if (last
                        && RateLimitedMethods.find(method, targetClass).stream().anyMatch(LimitedTypes::isOnType)) {
                    methods.add(method);
                }
            }
        }
        return methods;
    }

    private static boolean isOnType(MergedAnnotation<ReverseRateLimited> annotation) {
        return annotation.getSource() instanceof Class;
    }

    /** Those that stand on a type itself. */
    static List<MergedAnnotation<ReverseRateLimited>> on(Class<?> type) {
        return MergedAnnotations.from(type).stream(ReverseRateLimited.class).toList();
    }

    private static boolean isLimitable(Method method, Class<?> targetClass) {
        return !Modifier.isPrivate(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !method.isSynthetic()
                && !ReflectionUtils.isObjectMethod(method)
                && !method.getName().equals("finalize")
                && !ContainerCalls.isOne(method, targetClass)
                && !FallbackNames.meant(method, targetClass);
    }
}
