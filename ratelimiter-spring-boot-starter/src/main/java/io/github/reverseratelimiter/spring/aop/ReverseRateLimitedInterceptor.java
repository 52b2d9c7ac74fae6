package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/** Takes the credits of a call before it goes on. */
final class ReverseRateLimitedInterceptor implements MethodInterceptor {

    private final RateLimitedOperations operations;
    private final Supplier<ReverseRateLimiter> limiter;

    ReverseRateLimitedInterceptor(RateLimitedOperations operations, Supplier<ReverseRateLimiter> limiter) {
        this.operations = operations;
        this.limiter = limiter;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        Object target = call.getThis();
        RateLimitedOperation operation =
                operations.of(call.getMethod(), target == null ? null : AopUtils.getTargetClass(target));
        if (operation != null) {
            take(operation, call);
        }
        return call.proceed();
    }

    private void take(RateLimitedOperation operation, MethodInvocation call) {
        CreditRequest request = operation.request(call);
        if (limiter.get().acquire(request) instanceof Acquisition.Denied denied) {
            if (denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE) {
                throw storeAway(operation, request.key().limiter());
            }
            throw new RateLimitExceededException(request, denied);
        }
    }

    private static CreditStoreException storeAway(RateLimitedOperation operation, String limiter) {
        return new CreditStoreException("No credit for " + operation.name()
                + (limiter.isEmpty() ? "" : " (limiter '" + limiter + "')")
                + ": the store is away, or takes longer than reverse-rate-limiter.store-timeout;"
                + " logging.level." + ReverseRateLimiter.class.getPackageName() + "=debug shows its own error");
    }
}
