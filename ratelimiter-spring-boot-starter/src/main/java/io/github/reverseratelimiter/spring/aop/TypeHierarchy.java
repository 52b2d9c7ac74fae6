package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/** A type with all it extends and implements, but for {@link Object}; the nearest first. */
final class TypeHierarchy {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    private TypeHierarchy() {}

    /** The type, its interfaces, its superclass, the interfaces of that, and so on. */
    static Set<Class<?>> typesOf(Class<?> type) {
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

    /** Whether a method of a class implements one of this interface. */
    static boolean declares(Class<?> type, Method specific, @Nullable Class<?> targetClass) {
        return implemented(type, specific, targetClass).findAny().isPresent();
    }

    /** The methods of a type that this one of a class implements. */
    static Stream<Method> implemented(Class<?> type, Method specific, @Nullable Class<?> targetClass) {
        return Arrays.stream(type.getMethods())
                .filter(each ->
                        AopUtils.getMostSpecificMethod(each, targetClass).equals(specific));
    }

    /** The method as this type has it, which may give its parameters other names; itself where the type does not have it. */
    static Method methodOf(Class<?> type, Method specific, @Nullable Class<?> targetClass) {
        if (type.isInterface()) {
            return implemented(type, specific, targetClass).findFirst().orElse(specific);
        }
        Method overridden = ReflectionUtils.findMethod(type, specific.getName(), specific.getParameterTypes());
        return overridden != null ? overridden : specific;
    }

    /** Whether nobody wrote it: a proxy, or the class of a lambda. Its methods have neither annotations nor parameter names. */
    static boolean isGenerated(Class<?> type) {
        return Proxy.isProxyClass(type) || type.isSynthetic() || type.isHidden();
    }

    /** None of a type that refers to classes of a missing library: Spring cannot call its methods either. */
    static Method[] declaredMethods(Class<?> type) {
        try {
            return ReflectionUtils.getDeclaredMethods(type);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "No @ReverseRateLimited is looked for in " + type.getName(), e);
            return new Method[0];
        }
    }
}
