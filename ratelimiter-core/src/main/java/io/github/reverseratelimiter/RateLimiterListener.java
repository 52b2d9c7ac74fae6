package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import java.time.Duration;

/**
 * Hears what became of each request: meters, logs and alarms hang here. All methods do nothing unless they are overridden.
 *
 * <p>Every request ends with exactly one of {@link #granted}, {@link #denied} and {@link #abandoned}; of several that are made
 * together, a denial is told of the one whose key refused. It is told in the
 * thread at hand, outside all locks, before the caller learns it: whoever blocks here makes the caller late. What a
 * listener throws is logged, once as a warning and then at debug, and has no other effect. A request holds the key, which
 * may be personal data.
 */
public interface RateLimiterListener {

    /** The credits are the caller's; {@link Granted#waited()} tells how long that took. */
    default void granted(CreditRequest request, Granted granted) {}

    /** No credit was taken; {@link Denied#reason()} tells why, and {@link Denied#decidedBy()} who decided. */
    default void denied(CreditRequest request, Denied denied) {}

    /**
     * The request ended without an answer: its caller was interrupted or went away, the limiter was closed, or the store
     * cannot be used. What was taken is given back.
     *
     * @param failure what the caller was told, or how it went away
     */
    default void abandoned(CreditRequest request, Throwable failure) {}

    /**
     * The store did not decide: told before the answer, also where a further attempt led to a grant.
     *
     * @param cause of the last attempt that failed so
     * @param policy in force, by which such attempts are answered; of several requests, the strictest
     */
    default void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {}

    /**
     * The store is away: until {@link #storeCameBack} it is asked by one call at a time only, and all others get the answer
     * that {@link OnStoreFailure} says. Told once for each outage, in the limiter's executor.
     */
    default void storeWentAway(CreditStoreException cause) {}

    /**
     * The store decides again. Told in the limiter's executor.
     *
     * @param away how long it did not, from the first failure that was known to the first answer
     */
    default void storeCameBack(Duration away) {}

    /**
     * Credits came back, because their caller gave them back or did not wait for them to the end. Told in the limiter's
     * executor.
     *
     * @param credits how many, at least 1
     */
    default void refunded(CreditKey key, int credits) {}

    /**
     * A call has ended that was counted in flight. Each grant by the store of a request whose flow counts them
     * ({@link Flow#countsCallsInFlight()}) is followed by this or by {@link #callGivenUp}, once.
     *
     * @param took how long it was counted: of one whose caller gave up, until it could not be on its way any more
     * @param end what its caller told; of one whose credits were given back, {@link CallEnd#ANSWERED}
     */
    default void callEnded(CreditRequest request, Duration took, CallEnd end) {}

    /** A call is not counted in flight any more: within the longest time that any may last, nobody said that it had ended. */
    default void callGivenUp(CreditRequest request, Duration took) {}

    /**
     * The store does not count the calls any more that this instance has in flight: the instance stood still for longer than
     * a lease lasts, or the store lost its data. Until those calls have ended, more may be in flight than the limit. Told in
     * the limiter's executor.
     */
    default void leaseLost(String limiter) {}

    /**
     * A limiter that learns its margin ({@link MarginSource#LEARNT}) asks with this one from now on; also told when the
     * limiter is made. Told in the limiter's executor.
     */
    default void marginLearnt(String limiter, Duration margin) {}

    /**
     * The provider refused a call although its margin was as wide as it is learnt: somebody else uses the account, or the
     * provider counts in another way. Told in the limiter's executor.
     */
    default void refusedDespiteMargin(String limiter, Duration margin) {}
}
