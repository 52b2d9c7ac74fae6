package io.github.reverseratelimiter.spring.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** A call whose caller has a future already, while its credits are still to come. */
final class WaitingCall {

    private final LimitedCall limited;
    private final MethodInvocation invocation;
    private final AskedCredits asked;
    private final CallerContext.Captured context;
    private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
    private volatile @Nullable Future<?> begun;

    /** To be started; the invocation is kept, so it must be a copy. */
    WaitingCall(LimitedCall limited, MethodInvocation invocation, AskedCredits asked, CallerContext.Captured context) {
        this.limited = limited;
        this.invocation = invocation;
        this.asked = asked;
        this.context = context;
    }

    CompletableFuture<?> start() {
        // Also where the caller completes it, as orTimeout does: nobody waits any more.
        var unused = result.whenComplete((value, failure) -> end());
        var ignored = asked.answer().whenComplete((answer, failure) -> {
            if (asked.begin()) {
                begin();
            }
        });
        return result;
    }

    private void begin() {
        try {
            context.run(() -> {
                CompletionStage<?> stage = FutureCalls.begin(limited, invocation, asked, this::complete);
                if (stage instanceof Future<?> future) {
                    begun = future;
                }
                if (result.isDone()) {
                    end();
                }
            });
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    private void complete(@Nullable Object value, @Nullable Throwable failure) {
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private void end() {
        asked.giveUp();
        Future<?> future = begun;
        if (future != null) {
            future.cancel(true);
        }
    }
}
