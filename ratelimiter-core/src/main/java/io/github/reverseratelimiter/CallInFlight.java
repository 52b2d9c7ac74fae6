package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A call whose credits are granted, until it is closed. For use with try-with-resources. */
public final class CallInFlight implements AutoCloseable {

    private final ReverseRateLimiter limiter;
    private final Granted granted;
    private final AtomicReference<CallEnd> end = new AtomicReference<>(CallEnd.ANSWERED);

    private CallInFlight(ReverseRateLimiter limiter, Granted granted) {
        this.limiter = limiter;
        this.granted = granted;
    }

    static CallInFlight of(ReverseRateLimiter limiter, CreditRequest request, Acquisition answer) {
        if (answer instanceof Granted granted) {
            return new CallInFlight(limiter, granted);
        }
        Denied denied = (Denied) answer;
        if (denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE) {
            throw new CreditStoreException(
                    "no credit" + Check.of(request.key().limiter()) + ": the store did not decide within its time-out");
        }
        throw new RateLimitExceededException(request, denied);
    }

    static <T> CompletableFuture<T> async(
            ReverseRateLimiter limiter, CreditRequest request, Supplier<? extends CompletionStage<T>> call) {
        CompletableFuture<Acquisition> asked = limiter.acquireAsync(request);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<T> result = asked.thenCompose(answer -> {
            if (over.getAndSet(true)) {
                throw new CancellationException("given up just now");
            }
            CallInFlight begun = of(limiter, request, answer);
            try {
                return call.get().whenComplete((value, failure) -> begun.close(CallEnd.of(failure)));
            } catch (RuntimeException | Error e) {
                begun.close(CallEnd.of(e));
                throw e;
            }
        });
        // Where it is given up just as its credits come, the call is not made, and nobody else would give them back.
        var unused = result.whenComplete((value, failure) -> {
            if (!over.getAndSet(true) && !asked.cancel(false)) {
                var unusedToo = asked.thenAccept(answer -> giveBack(limiter, answer));
            }
        });
        return result;
    }

    private static void giveBack(ReverseRateLimiter limiter, Acquisition answer) {
        if (answer instanceof Granted granted) {
            var unused = limiter.refund(granted);
        }
    }

    /** What was answered when the credits were taken. */
    public Granted granted() {
        return granted;
    }

    /** Makes the call, and notes what its failure tells; closes nothing. */
    <T> T watch(Callable<T> call) throws Exception {
        Throwable failure = null;
        try {
            return call.call();
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            ended(CallEnd.of(failure));
        }
    }

    /** What is known of its end when it is closed; {@link CallEnd#ANSWERED} unless something else is said. */
    public void ended(CallEnd known) {
        end.set(Check.given(known, "end", "give CallEnd.REFUSED, for example"));
    }

    private void close(CallEnd known) {
        ended(known);
        close();
    }

    /** The call has ended. Only the first time counts. */
    @Override
    public void close() {
        limiter.complete(granted, end.get());
    }

    /** Says how many credits, not whose. */
    @Override
    public String toString() {
        return "CallInFlight[" + granted + "]";
    }
}
