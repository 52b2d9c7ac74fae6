package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/** Finds the annotation: on a method, on what it overrides, on what it implements. */
final class RateLimitedMethods {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    private RateLimitedMethods() {}

    /** The nearest annotation of a method as called on this class; null if there is none. */
    static @Nullable MergedAnnotation<ReverseRateLimited> find(Method method, @Nullable Class<?> targetClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        MergedAnnotation<ReverseRateLimited> found = hierarchy(specific);
        if (!found.isPresent() && !specific.equals(method)) {
            found = hierarchy(method);
        }
        return found.isPresent() ? found : null;
    }

    private static MergedAnnotation<ReverseRateLimited> hierarchy(Method method) {
        return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(ReverseRateLimited.class);
    }

    /** All annotated methods that a class declares, inherits or implements. */
    static List<Method> annotated(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, ReverseRateLimited.class)) {
            return List.of();
        }
        List<Method> methods = new ArrayList<>();
        for (Class<?> each : typesOf(type)) {
            for (Method method : declaredMethods(each)) {
                if (!method.isSynthetic() && MergedAnnotations.from(method).isPresent(ReverseRateLimited.class)) {
                    methods.add(method);
                }
            }
        }
        return List.copyOf(methods);
    }

    /** None of a type that refers to classes of a missing library: Spring cannot call its methods either. */
    private static Method[] declaredMethods(Class<?> type) {
        try {
            return ReflectionUtils.getDeclaredMethods(type);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "No @ReverseRateLimited is looked for in " + type.getName(), e);
            return new Method[0];
        }
    }

    private static Set<Class<?>> typesOf(Class<?> type) {
        Set<Class<?>> types = new LinkedHashSet<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            types.add(each);
            addInterfaces(each, types);
        }
        return types;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
        for (Class<?> each : type.getInterfaces()) {
            if (types.add(each)) {
                addInterfaces(each, types);
            }
        }
    }

    /** The interfaces of a class, its own and those it inherits. */
    static Stream<Class<?>> interfacesOf(Class<?> type) {
        return typesOf(type).stream().filter(Class::isInterface);
    }

    /**
     * Checks that there is one annotation only.
     *
     * @throws InvalidRateLimitedMethodException if there are more
     */
    static void checkSingle(Method source) {
        if (MergedAnnotations.from(source).stream(ReverseRateLimited.class).count() > 1) {
            throw new InvalidRateLimitedMethodException(
                    source,
                    "it stands here twice, directly or on another annotation",
                    "leave one out, or name a limiter that has all the limits",
                    null);
        }
    }

    /**
     * Checks that calls from other beans pass through a proxy.
     *
     * @param subclassed whether the proxy is a subclass of the bean's class; else it has only its interfaces
     * @throws InvalidRateLimitedMethodException if they cannot
     */
    static void checkReachable(Method method, Class<?> targetClass, boolean subclassed) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            throw unreachable(method, "the method is private", "make it public");
        }
        if (Modifier.isStatic(modifiers)) {
            throw unreachable(method, "the method is static", "make it a method of the bean");
        }
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        boolean isFinal = Modifier.isFinal(targetClass.getModifiers());
        if (subclassed && Modifier.isFinal(specific.getModifiers())) {
            throw unreachable(specific, "the method is final", "leave out 'final'");
        }
        if (subclassed && isFinal) {
            throw unreachable(
                    method, targetClass.getName() + " is final and implements no interface", "leave out 'final'");
        }
        if (!subclassed && !isOfInterface(specific, targetClass)) {
            throw unreachable(
                    specific,
                    "no interface of " + targetClass.getName() + " has the method, and its proxy has only these",
                    "declare it in one, or "
                            + (isFinal ? "leave out 'final'" : "set spring.aop.proxy-target-class=true"));
        }
    }

    private static boolean isOfInterface(Method specific, Class<?> targetClass) {
        return interfacesOf(targetClass)
                .flatMap(each -> Arrays.stream(each.getMethods()))
                .anyMatch(each ->
                        AopUtils.getMostSpecificMethod(each, targetClass).equals(specific));
    }

    private static InvalidRateLimitedMethodException unreachable(Method method, String problem, String remedy) {
        return new InvalidRateLimitedMethodException(
                method,
                problem + ", so that Spring cannot intercept its calls",
                remedy + ", or take credits from the ReverseRateLimiter bean inside it",
                null);
    }
}
