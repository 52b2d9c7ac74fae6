package io.github.reverseratelimiter.spring.aop;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
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
        return handle == null
                ? AopUtils.invokeJoinpointUsingReflection(target, method, arguments)
                : handle.bindTo(target).invokeWithArguments(arguments);
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
