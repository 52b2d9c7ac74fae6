package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.CreditStoreException;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** The store did not decide about a call of an annotated method. */
final class UndecidedCallException extends CreditStoreException implements DeniedCall {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable DeniedMethod denied;

    UndecidedCallException(MethodInvocation call, String message) {
        super(message);
        this.denied = DeniedMethod.of(call);
    }

    @Override
    public boolean isOf(Method method, Class<?> targetClass) {
        return denied != null && denied.is(method, targetClass);
    }
}
