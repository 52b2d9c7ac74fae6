package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Lets a call of a limited method go on when its credits are taken. */
final class ReverseRateLimitedInterceptor implements MethodInterceptor {

    private final LimitedCalls calls;

    ReverseRateLimitedInterceptor(LimitedCalls calls) {
        this.calls = calls;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        LimitedCall call = calls.of(invocation.getMethod(), Invocations.targetClass(invocation));
        return call == null ? invocation.proceed() : call.make(invocation);
    }
}
