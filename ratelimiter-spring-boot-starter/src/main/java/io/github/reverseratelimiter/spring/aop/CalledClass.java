package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;

/** The class that a call is made on. */
final class CalledClass {

    private CalledClass() {}

    /** That of the target, else of the proxy: a client that Spring makes for an interface has no target. */
    static @Nullable Class<?> of(MethodInvocation call) {
        Object target = call.getThis();
        if (target != null) {
            return AopUtils.getTargetClass(target);
        }
        return call instanceof ProxyMethodInvocation proxied
                ? proxied.getProxy().getClass()
                : null;
    }
}
