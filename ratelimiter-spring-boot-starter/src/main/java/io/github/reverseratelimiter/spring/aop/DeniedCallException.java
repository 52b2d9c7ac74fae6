package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** An annotated method got no credit. */
final class DeniedCallException extends RateLimitExceededException implements DeniedCall {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable DeniedMethod denied;

    DeniedCallException(MethodInvocation call, CreditRequest request, Acquisition.Denied answer) {
        super(request, answer);
        this.denied = DeniedMethod.of(call);
    }

    @Override
    public boolean isOf(Method method, Class<?> targetClass) {
        return denied != null && denied.is(method, targetClass);
    }
}
