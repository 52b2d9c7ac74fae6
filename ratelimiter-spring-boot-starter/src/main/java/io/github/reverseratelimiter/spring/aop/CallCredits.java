package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the credits of calls from the limiter, and gives them back. A mock of a limiter, which answers nothing, denies
 * nothing.
 *
 * @param limiter asked for with the first call
 * @param answers asked for when the first call ends that is counted in flight or teaches a margin
 */
record CallCredits(Supplier<ReverseRateLimiter> limiter, Supplier<ProviderAnswers> answers) {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    /** In the calling thread. */
    @Nullable
    Acquisition take(List<CreditRequest> requests) {
        return requests.size() == 1
                ? limiter.get().acquire(requests.get(0))
                : limiter.get().acquireAll(requests);
    }

    /** Without a thread. */
    CompletableFuture<? extends @Nullable Acquisition> ask(List<CreditRequest> requests) {
        CompletableFuture<? extends @Nullable Acquisition> answer = requests.size() == 1
                ? limiter.get().acquireAsync(requests.get(0))
                : limiter.get().acquireAllAsync(requests);
        return answer == null ? CompletableFuture.completedFuture(null) : answer;
    }

    /** Gives back what was granted, without waiting for it; whether it comes back changes nothing for the caller. */
    void giveBack(@Nullable Acquisition answer) {
        if (answer instanceof Acquisition.Granted granted) {
            try {
                var unused = limiter.get().refund(granted).whenComplete((credits, failure) -> {
                    if (failure != null) {
                        notGivenBack(failure);
                    }
                });
            } catch (RuntimeException e) {
                notGivenBack(e);
            }
        }
    }

    /** The call has ended, with this result or failure; whoever counts it learns of that later. */
    void ended(@Nullable Acquisition answer, @Nullable Object result, @Nullable Throwable failure) {
        if (answer instanceof Acquisition.Granted granted) {
            try {
                limiter.get().completeWith(granted, () -> end(result, failure));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "The end of a call could not be told", e);
            }
        }
    }

    private CallEnd end(@Nullable Object result, @Nullable Throwable failure) {
        try {
            return answers.get().end(result, failure);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "It could not be found out how a call ended", e);
            return CallEnd.of(failure); // it has ended all the same
        }
    }

    /** Nobody waits for its end any more. */
    void givenUp(@Nullable Acquisition answer) {
        if (answer instanceof Acquisition.Granted granted) {
            try {
                limiter.get().complete(granted, CallEnd.UNKNOWN);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "The end of a call could not be told", e);
            }
        }
    }

    private static void notGivenBack(Throwable failure) {
        LOG.log(System.Logger.Level.DEBUG, "Credits of a call did not come back", failure);
    }
}
