package io.github.reverseratelimiter.spring.aop;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;

/**
 * A method that is called in place of the limited one, on the bean itself.
 *
 * @param method with the parameters of the limited one
 * @param failure which exception it also takes; null if none
 * @param handle of a default method of an interface whose bean is nothing but a proxy: calling the method itself would
 *     call the proxy's handler
 */
record Fallback(
        Method method, @Nullable Class<?> failure, @Nullable MethodHandle handle) {

    /** Whether it takes this exception. */
    boolean fits(Throwable thrown) {
        return failure == null || failure.isInstance(thrown);
    }

    /** How special the exception is that it takes. */
    int depth() {
        int depth = 0;
        for (Class<?> each = failure; each != null; each = each.getSuperclass()) {
            depth++;
        }
        return depth;
    }

    /** Calls it with the arguments of the limited call. */
    @Nullable
    Object call(MethodInvocation invocation, Throwable thrown) throws Throwable {
        @Nullable Object[] arguments = arguments(invocation.getArguments(), thrown);
        Object target = target(invocation);
        if (handle == null) {
            return AopUtils.invokeJoinpointUsingReflection(target, method, arguments);
        }
        MethodHandle bound = handle.bindTo(target);
        return Signatures.suspends(method) ? suspending(bound, arguments) : bound.invokeWithArguments(arguments);
    }

    /**
     * Spring turns a suspending function into a publisher only where it calls the function itself: what it calls here is
     * a proxy that knows nothing but the handle.
     */
    private @Nullable Object suspending(MethodHandle bound, @Nullable Object[] arguments) throws Throwable {
        Class<?> type = method.getDeclaringClass();
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, called, given) -> bound.invokeWithArguments(given));
        return AopUtils.invokeJoinpointUsingReflection(proxy, method, arguments);
    }

    /** The exception stands last, but before what Kotlin adds to suspending functions. */
    private @Nullable Object[] arguments(@Nullable Object[] given, Throwable thrown) {
        if (failure == null) {
            return given;
        }
        int place = Signatures.parameterCount(method) - 1;
        @Nullable Object[] all = Arrays.copyOf(given, given.length + 1);
        System.arraycopy(given, place, all, place + 1, given.length - place);
        all[place] = thrown;
        return all;
    }

    /** The bean; where another proxy stands between, what is behind it. */
    private @Nullable Object target(MethodInvocation invocation) {
        Object target = Invocations.target(invocation);
        return target == null || method.getDeclaringClass().isInstance(target)
                ? target
                : AopProxyUtils.getSingletonTarget(target);
    }
}
