package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.util.List;
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
        LimitedMethod method = operations.of(call.getMethod(), target == null ? null : AopUtils.getTargetClass(target));
        if (method != null) {
            take(method, call);
        }
        return call.proceed();
    }

    private void take(LimitedMethod method, MethodInvocation call) {
        List<CreditRequest> requests = method.requests(call);
        if (acquire(requests) instanceof Acquisition.Denied denied) {
            CreditRequest request = requests.get(denied.request());
            if (denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE) {
                throw storeAway(call, method, request.key().limiter());
            }
            throw new DeniedCallException(call, request, denied);
        }
    }

    private Acquisition acquire(List<CreditRequest> requests) {
        return requests.size() == 1
                ? limiter.get().acquire(requests.get(0))
                : limiter.get().acquireAll(requests);
    }

    private static CreditStoreException storeAway(MethodInvocation call, LimitedMethod method, String limiter) {
        return new UndecidedCallException(
                call,
                "No credit for " + method.name()
                        + (limiter.isEmpty() ? "" : " (limiter '" + limiter + "')")
                        + ": the store is away, or takes longer than reverse-rate-limiter.store-timeout;"
                        + " logging.level." + ReverseRateLimiter.class.getPackageName() + "=debug shows its own error");
    }
}
