package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;

/** What methods take and return as they are written, for one class: type variables replaced, Kotlin's additions left out. */
final class Signatures {

    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private static final Pattern PACKAGES = Pattern.compile("[\\w$]+[.$]");

    private Signatures() {}

    /**
     * The method that is called on this class; or the given one, where that says more: lambdas and proxies declare the
     * erasure of what their interface says.
     */
    static Method called(Method method, Class<?> targetClass) {
        Method called = AopUtils.getMostSpecificMethod(method, targetClass);
        List<Class<?>> types = types(called, targetClass);
        List<Class<?>> given = types(method, targetClass);
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).isAssignableFrom(given.get(i))) {
                return called;
            }
        }
        return types.equals(given) ? called : method;
    }

    private static List<Class<?>> types(Method method, Class<?> targetClass) {
        List<Class<?>> types = new ArrayList<>(parameters(method, targetClass));
        types.add(returned(method, targetClass).resolve(method.getReturnType()));
        return types;
    }

    /** Whether it is a suspending function of Kotlin. */
    static boolean suspends(Method method) {
        Class<?>[] types = method.getParameterTypes();
        return types.length > 0 && types[types.length - 1].getName().equals(CONTINUATION);
    }

    /** How many parameters are written. */
    static int parameterCount(Method method) {
        return method.getParameterCount() - (suspends(method) ? 1 : 0);
    }

    /** The types of the parameters. */
    static List<Class<?>> parameters(Method method, Class<?> targetClass) {
        List<Class<?>> types = new ArrayList<>();
        for (int i = 0; i < parameterCount(method); i++) {
            types.add(ResolvableType.forMethodParameter(method, i, targetClass).resolve(method.getParameterTypes()[i]));
        }
        return types;
    }

    /** The type that is returned. */
    static ResolvableType returned(Method method, Class<?> targetClass) {
        return suspends(method)
                ? ResolvableType.forMethodParameter(method, method.getParameterCount() - 1, targetClass)
                        .getGeneric(0)
                : ResolvableType.forMethodReturnType(method, targetClass);
    }

    /** Whether what one returns can stand for what the other returns. */
    static boolean returnsLike(Method wanted, Method other, Class<?> targetClass) {
        ResolvableType left = returned(wanted, targetClass);
        ResolvableType right = returned(other, targetClass);
        return left.resolve(Object.class).isAssignableFrom(right.resolve(Object.class))
                && (left.hasUnresolvableGenerics()
                        || right.hasUnresolvableGenerics()
                        || suspends(wanted)
                        || left.isAssignableFrom(right));
    }

    /** As it would be declared, under another name, with one more parameter or without. */
    static String text(Method like, Class<?> targetClass, String name, List<String> more) {
        List<String> types = parameters(like, targetClass).stream()
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(ArrayList::new));
        types.addAll(more);
        return (suspends(like) ? "suspend " : "") + name(returned(like, targetClass)) + " " + name + "("
                + String.join(", ", types) + ")";
    }

    /** A type without its packages. */
    static String name(ResolvableType type) {
        return type.hasGenerics()
                ? PACKAGES.matcher(type.toString()).replaceAll("")
                : type.resolve(Object.class).getSimpleName();
    }
}
