package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Calls of methods that return a value or nothing: they wait in the calling thread. */
final class BlockingCalls implements CallStyle {

    @Override
    public @Nullable Object call(LimitedCall limited, MethodInvocation invocation) throws Throwable {
        Acquisition answer;
        try {
            answer = limited.take(invocation);
        } catch (RateLimitExceededException | CreditStoreException e) {
            return limited.instead(invocation, e);
        }
        Object returned;
        try {
            returned = invocation.proceed();
        } catch (Throwable e) {
            limited.failed(answer, e);
            throw e;
        }
        limited.returned(answer, returned);
        return returned;
    }
}
