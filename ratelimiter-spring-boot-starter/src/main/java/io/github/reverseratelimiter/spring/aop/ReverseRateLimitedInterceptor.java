package io.github.reverseratelimiter.spring.aop;

import java.util.Arrays;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;

/** Lets a call of a limited method go on when its credits are taken. */
final class ReverseRateLimitedInterceptor implements MethodInterceptor {

    private final LimitedCalls calls;

    ReverseRateLimitedInterceptor(LimitedCalls calls) {
        this.calls = calls;
    }

    /** Whether one is in this proxy, or in one behind it: a bean with two names, or a proxy around another bean. */
    static boolean isIn(@Nullable Object bean) {
        return bean instanceof Advised proxy
                && (Arrays.stream(proxy.getAdvisors())
                                .anyMatch(each -> each.getAdvice() instanceof ReverseRateLimitedInterceptor)
                        || isIn(AopProxyUtils.getSingletonTarget(bean)));
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        LimitedCall call = calls.of(invocation.getMethod(), Invocations.targetClass(invocation));
        return call == null ? invocation.proceed() : call.make(invocation);
    }
}
