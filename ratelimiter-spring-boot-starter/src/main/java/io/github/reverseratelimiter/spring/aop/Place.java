package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;

/**
 * Where an annotation stands, and for which method it is read.
 *
 * @param element a method, or a type all of whose methods it limits
 * @param method the limited one: the element itself, or a method of the type
 */
record Place(AnnotatedElement element, Method method) {

    /** An annotation on a method. */
    static Place of(Method method) {
        return new Place(method, method);
    }

    /** The same for all calls: the method, or the type for one budget of all its methods. */
    String defaultKey() {
        return element instanceof Class<?> type
                ? type.getName()
                : method.getDeclaringClass().getName() + "#" + method.getName();
    }

    /** For messages at run time: simple class name and method. */
    String name() {
        Class<?> owner = element instanceof Class<?> type ? type : method.getDeclaringClass();
        return owner.getSimpleName() + "." + method.getName();
    }

    /** For messages at the start, with classes and parameters. */
    String text() {
        return element instanceof Class<?> type
                ? type.getName() + " (as read for " + InvalidRateLimitedMethodException.text(method) + ")"
                : InvalidRateLimitedMethodException.text(method);
    }
}
