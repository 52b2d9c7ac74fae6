package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.util.List;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * How calls of one limited method are made: what is fixed when it is read, so that a call only has to follow it.
 *
 * @param method what a call takes
 * @param style how it waits for that
 * @param fallbacks what is called where no credit was to be had
 * @param refunds after which failures the credits come back
 * @param credits where they come from
 */
record LimitedCall(
        LimitedMethod method, CallStyle style, Fallbacks fallbacks, RefundRule refunds, CallCredits credits) {

    /** Makes a call. */
    @Nullable
    Object make(MethodInvocation invocation) throws Throwable {
        return style.call(this, invocation);
    }

    /**
     * Takes the credits of a call in this thread.
     *
     * @throws RateLimitExceededException if there are none
     * @throws CreditStoreException if the store did not decide
     */
    @Nullable
    Acquisition take(MethodInvocation invocation) {
        List<CreditRequest> requests = method.requests(invocation);
        return granted(invocation, requests, credits.take(requests));
    }

    /** Asks for the credits of a call without a thread. */
    AskedCredits ask(MethodInvocation invocation) {
        return new AskedCredits(credits, method.requests(invocation));
    }

    /** The answer, or the exception that a denial means. */
    @Nullable
    Acquisition granted(MethodInvocation invocation, List<CreditRequest> requests, @Nullable Acquisition answer) {
        if (answer instanceof Acquisition.Denied denied) {
            CreditRequest request = requests.get(denied.request());
            if (denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE) {
                throw storeAway(invocation, request.key().limiter());
            }
            throw new DeniedCallException(invocation, request, denied);
        }
        return answer;
    }

    private CreditStoreException storeAway(MethodInvocation invocation, String limiter) {
        return new UndecidedCallException(
                invocation,
                "No credit for " + method.name()
                        + (limiter.isEmpty() ? "" : " (limiter '" + limiter + "')")
                        + ": the store is away, or takes longer than reverse-rate-limiter.store-timeout;"
                        + " logging.level." + ReverseRateLimiter.class.getPackageName() + "=debug shows its own error");
    }

    /**
     * What the caller gets where no credit was to be had: what the fallback returns, or this exception. Wrong use and
     * wrong set-up are not what a fallback is for, nor is an interrupt.
     */
    @Nullable
    Object instead(MethodInvocation invocation, Throwable failure) throws Throwable {
        Fallback fallback = failure instanceof CreditStoreMisconfiguredException ? null : fallbacks.of(failure);
        if (fallback == null) {
            throw failure;
        }
        return fallback.call(invocation, failure);
    }

    /** The call has failed; its credits come back if the annotation says so. */
    void failed(@Nullable Acquisition answer, Throwable failure) {
        if (refunds.matches(failure)) {
            credits.giveBack(answer);
        } else {
            credits.ended(answer, null, failure);
        }
    }

    /** The call has brought this. */
    void returned(@Nullable Acquisition answer, @Nullable Object value) {
        credits.ended(answer, value, null);
    }

    /** Nobody waits any more for what the call brings. */
    void givenUp(@Nullable Acquisition answer) {
        credits.givenUp(answer);
    }
}
