package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Takes credits from windows that all instances share. Safe for use by many threads; one instance serves an application.
 *
 * <pre>{@code
 * Acquisition a = limiter.tryAcquire("acme", RateLimit.of(5, Duration.ofSeconds(1)));
 * if (a instanceof Acquisition.Granted) {
 *     call();
 * }
 * }</pre>
 *
 * <p>Late is not on time: a caller that learns of its credits, or wakes for them, later than the margin less 5 ms (5 ms, where
 * that is more) gives them back and asks again, for what is left of its longest wait.
 *
 * <p>Every method that takes credits throws {@link IllegalArgumentException} for a value out of range,
 * {@link CreditStoreMisconfiguredException} where the store cannot be used as it is set up, and
 * {@link IllegalStateException} once the limiter is closed.
 */
public interface ReverseRateLimiter extends AutoCloseable {

    /** A limiter on this store, with default settings. Closing the limiter closes the store. */
    static ReverseRateLimiter create(CreditStore store) {
        return builder(store).build();
    }

    /** A limiter on this store, to be configured. */
    static ReverseRateLimiterBuilder builder(CreditStore store) {
        return new ReverseRateLimiterBuilder(store);
    }

    /**
     * Asks once for one credit and never waits: how many are left, or denied and when to come back.
     *
     * @throws AcquireInterruptedException if the thread is interrupted; nothing was taken
     */
    Acquisition tryAcquire(String key, RateLimit limit);

    /**
     * Takes one credit, waiting up to {@code maxWait} in line; denied at once if that cannot be enough.
     *
     * @throws AcquireInterruptedException if the thread is interrupted while it waits; the credit is given back
     */
    Acquisition acquire(String key, RateLimit limit, Duration maxWait);

    /**
     * Takes credits as the request says, in the calling thread.
     *
     * @throws AcquireInterruptedException if the thread is interrupted while it waits; the credits are given back
     */
    Acquisition acquire(CreditRequest request);

    /**
     * Takes credits as the request says and parks no thread meanwhile. Cancelling the future, or completing it in
     * another way, gives the credits back, if it was not complete yet. Functions chained to it run in the calling thread
     * if the answer is there already, else in the limiter's executor.
     */
    CompletableFuture<Acquisition> acquireAsync(CreditRequest request);

    /**
     * Takes the credits of all requests, or of none, in the calling thread. All must wait alike.
     *
     * <p>Those of one key are one take of all their windows (of one window the smaller limit, and the larger margin that
     * fits them all); they must ask for the same number of credits. Those of different keys, at most 16, have no place in
     * a line: they are granted now, or with {@code maxWait} asked for again when the answer said, as long as there is time
     * for it. The answer tells the fewest that remain, and a denial the first request of the key that is free last.
     *
     * @throws AcquireInterruptedException if the thread is interrupted while it waits; the credits are given back
     */
    Acquisition acquireAll(List<CreditRequest> requests);

    /** The same without a thread, see {@link #acquireAsync(CreditRequest)}. */
    CompletableFuture<Acquisition> acquireAllAsync(List<CreditRequest> requests);

    /**
     * Gives back credits that were not used: it drops the newest credits of their time, and the place that becomes free
     * is used at the end of the line. A grant is refunded once: while a refund is under way, and after it has come back, a further one does
     * nothing. After one that failed it can be tried again: if the store did it after all, or cannot tell any more (it knows the
     * last six operations of each key), nothing comes back, rather than what is somebody else's. What this
     * instance granted from its share goes back there; what nobody counted does not come back. Of windows of more than 4,089 credits,
     * which share slots, less comes back than was taken.
     *
     * @return how many credits came back, of all keys: none if their window's history has moved past them; fails with a
     *     {@link CreditStoreException} after the store's time-out, though they may come back yet. To try again fails as long as that is so: 5 s at most
     */
    CompletableFuture<Integer> refund(Acquisition.Granted granted);

    /**
     * Says that the call has ended for which credits were granted. It matters where calls in flight are counted (see {@link Flow}),
     * and costs a trip there that nobody waits for; else it does nothing. Only the first time counts, and not after a refund.
     * A call that is never completed counts until it has lasted longer than any may.
     *
     * @param end what is known of it; one that may arrive yet goes on counting until that cannot be any more
     */
    void complete(Acquisition.Granted granted, CallEnd end);

    /**
     * The same for an end that takes some trouble to find out: it is asked for only where it matters, which is also where
     * the margin is learnt.
     *
     * @param end what is known of the end
     */
    default void completeWith(Acquisition.Granted granted, Supplier<CallEnd> end) {
        complete(
                granted,
                Check.given(end, "end", "give () -> CallEnd.ANSWERED, for example")
                        .get());
    }

    /**
     * Makes a call with its credits: asks for them, waiting as the request says, and says when the call has ended.
     *
     * @throws RateLimitExceededException if it was denied
     * @throws CreditStoreException if it was denied since the store did not decide
     * @throws Exception what the call throws
     */
    default <T> T call(CreditRequest request, Callable<T> call) throws Exception {
        try (CallInFlight begun = begin(request)) {
            return begun.watch(Check.given(call, "call", "give what is to be called"));
        }
    }

    /**
     * The same without a thread: the call is made once its credits are granted, and has ended when its stage is complete.
     *
     * @return what the call brings; fails as {@link #call} does. To cancel it gives up the wait for credits
     */
    default <T> CompletableFuture<T> callAsync(CreditRequest request, Supplier<? extends CompletionStage<T>> call) {
        Check.given(call, "call", "give what is to be called");
        return CallInFlight.async(this, request, call);
    }

    /**
     * Takes the credits of one call, waiting as the request says; to be closed when the call has ended.
     *
     * @throws RateLimitExceededException if it was denied
     * @throws CreditStoreException if it was denied since the store did not decide
     */
    default CallInFlight begin(CreditRequest request) {
        return CallInFlight.of(this, request, acquire(request));
    }

    /**
     * Holds a key for a while, for every instance: no credit is granted for a time before the end, and who waits
     * already waits that much longer. An instance that makes no trip meanwhile lets at most its sleepers go.
     *
     * @return done when the store has noted it; fails with a {@link CreditStoreException} after the store's time-out, though
     *     it may be noted yet. It then ends at most a second later than if it had been noted at once, but not earlier
     */
    CompletableFuture<Void> pause(CreditKey key, Duration duration);

    /**
     * The limiter configured under this name, the same one each time: it can be configured anew while it is used.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    NamedLimiter named(String name);

    /**
     * Ends all waits: whoever waits gets an {@link IllegalStateException}, and its credits are given back. Then closes the
     * store, once that is done or the store has had its time for it.
     */
    @Override
    void close();
}
