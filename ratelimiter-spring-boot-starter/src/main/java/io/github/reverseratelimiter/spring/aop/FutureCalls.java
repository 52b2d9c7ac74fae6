package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Calls of methods that return a {@link CompletionStage}: nobody is parked. Where the credits are there at once, the method
 * runs in the caller's thread, and the caller gets its own future. Every failure is one of the future, whether there was
 * a wait or not.
 */
final class FutureCalls implements CallStyle {

    private final CallerContext context;

    /** Takes along what belongs to the caller's thread, where the method has to run in another. */
    FutureCalls(CallerContext context) {
        this.context = context;
    }

    @Override
    public CompletionStage<?> call(LimitedCall limited, MethodInvocation invocation) {
        try {
            AskedCredits asked = limited.ask(invocation);
            return asked.answer().isDone() && !countsInFlight(asked)
                    ? begin(limited, invocation, asked, (value, failure) -> {})
                    : new WaitingCall(limited, Invocations.copy(invocation), asked, context.capture()).start();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whoever has the method's own future may learn of its end before us, and make the next call there and then. */
    private static boolean countsInFlight(AskedCredits asked) {
        return asked.requests().get(0).flow().countsCallsInFlight();
    }

    /**
     * The answer is there: the method's own future, or what there is instead.
     *
     * @param then is told of its end, after us
     */
    static CompletionStage<?> begin(
            LimitedCall limited,
            MethodInvocation invocation,
            AskedCredits asked,
            BiConsumer<@Nullable Object, @Nullable Throwable> then)
            throws Throwable {
        Acquisition answer;
        try {
            answer = limited.granted(invocation, asked.requests(), asked.answered());
        } catch (RateLimitExceededException | CreditStoreException e) {
            CompletionStage<?> instead = stage(limited, limited.instead(invocation, e));
            var unused = instead.whenComplete(then);
            return instead;
        }
        CompletionStage<?> stage;
        try {
            stage = stage(limited, invocation.proceed());
        } catch (Throwable e) {
            limited.failed(answer, e);
            throw e;
        }
        var unused = stage.whenComplete((value, failure) -> {
            // Who cancels a call that has begun does not know how far it came. The stage may have no isCancelled().
            if (failure instanceof CancellationException) {
                limited.givenUp(answer);
            } else if (failure != null) {
                limited.failed(answer, failure);
            } else {
                limited.returned(answer, value);
            }
            then.accept(value, failure);
        });
        return stage;
    }

    private static CompletionStage<?> stage(LimitedCall limited, @Nullable Object returned) {
        if (returned instanceof CompletionStage<?> stage) {
            return stage;
        }
        throw new IllegalStateException(
                limited.method().name() + " has returned null: return CompletableFuture.completedFuture(null)");
    }
}
