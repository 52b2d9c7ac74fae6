package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.springframework.aop.support.AopUtils;

/**
 * Tells whether calls from other beans pass through the proxy of a bean.
 *
 * @param targetClass the bean's class
 * @param subclassed whether its proxy is a subclass of it; else the proxy has only its interfaces
 */
record Reachability(Class<?> targetClass, boolean subclassed) {

    /**
     * Checks a method that is annotated itself.
     *
     * @throws InvalidRateLimitedMethodException if they do not
     */
    void check(Method method) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            throw unreachable(method, "the method is private", "make it public");
        }
        if (Modifier.isStatic(modifiers)) {
            throw unreachable(method, "the method is static", "make it a method of the bean");
        }
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        checkFinal(method, specific);
        if (isHidden(specific)) {
            throw unreachable(
                    specific,
                    "the method is package-private, and " + targetClass.getName() + " is in another package",
                    "make it protected or public");
        }
        if (!isProxied(specific)) {
            throw unreachable(
                    specific,
                    "no interface of " + targetClass.getName() + " has the method, and its proxy has only these",
                    "declare it in one, or "
                            + (isFinal(targetClass.getModifiers())
                                    ? "leave out 'final'"
                                    : "set spring.aop.proxy-target-class=true"));
        }
    }

    /**
     * Checks a method that is limited by an annotation on a type. What is not public may be out of reach.
     *
     * @return whether it is in reach
     * @throws InvalidRateLimitedMethodException if it is public, and final
     */
    boolean checkOfType(Method method) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        if (Modifier.isPublic(specific.getModifiers())) {
            checkFinal(method, specific);
            return isProxied(specific);
        }
        return subclassed
                && !isHidden(specific)
                && !isFinal(specific.getModifiers())
                && !isFinal(targetClass.getModifiers());
    }

    /** A class of another package inherits such a method, but cannot override it; nor can its proxy. */
    private boolean isHidden(Method specific) {
        int visible = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE;
        return (specific.getModifiers() & visible) == 0
                && !specific.getDeclaringClass().getPackageName().equals(targetClass.getPackageName());
    }

    private void checkFinal(Method method, Method specific) {
        if (subclassed && isFinal(specific.getModifiers())) {
            throw unreachable(specific, "the method is final", "leave out 'final'");
        }
        if (subclassed && isFinal(targetClass.getModifiers())) {
            throw unreachable(
                    method, targetClass.getName() + " is final and implements no interface", "leave out 'final'");
        }
    }

    private boolean isProxied(Method specific) {
        return subclassed
                || TypeHierarchy.interfacesOf(targetClass)
                        .anyMatch(each -> TypeHierarchy.declares(each, specific, targetClass));
    }

    private static boolean isFinal(int modifiers) {
        return Modifier.isFinal(modifiers);
    }

    private static InvalidRateLimitedMethodException unreachable(Method method, String problem, String remedy) {
        return new InvalidRateLimitedMethodException(
                method,
                problem + ", so that Spring cannot intercept its calls",
                remedy + ", or take credits from the ReverseRateLimiter bean inside it",
                null);
    }
}
