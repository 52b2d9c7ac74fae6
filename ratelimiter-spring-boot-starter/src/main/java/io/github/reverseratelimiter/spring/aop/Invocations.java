package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;

/** What Spring adds to an invocation. */
final class Invocations {

    private Invocations() {}

    /** A copy that may go on later, or once more: the original has no chain left then. */
    static MethodInvocation copy(MethodInvocation invocation) {
        return invocation instanceof ProxyMethodInvocation ours ? ours.invocableClone() : invocation;
    }

    /** What is called: the bean behind the proxy; of a client that is nothing but a proxy, that itself. */
    static @Nullable Object target(MethodInvocation invocation) {
        Object target = invocation.getThis();
        return target == null && invocation instanceof ProxyMethodInvocation ours ? ours.getProxy() : target;
    }

    /** The class of what is called. */
    static @Nullable Class<?> targetClass(MethodInvocation invocation) {
        Object target = invocation.getThis();
        if (target != null) {
            return AopUtils.getTargetClass(target);
        }
        return invocation instanceof ProxyMethodInvocation ours
                ? ours.getProxy().getClass()
                : null;
    }
}
