package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Credits that one call has asked for without a thread: either the call begins with them, or they come back. */
final class AskedCredits {

    private final CallCredits credits;
    private final List<CreditRequest> requests;
    private final CompletableFuture<? extends @Nullable Acquisition> answer;
    private final AtomicBoolean over = new AtomicBoolean();

    AskedCredits(CallCredits credits, List<CreditRequest> requests) {
        this.credits = credits;
        this.requests = requests;
        this.answer = credits.ask(requests);
    }

    List<CreditRequest> requests() {
        return requests;
    }

    /** The limiter's answer; not to be cancelled but by {@link #giveUp()}. */
    CompletableFuture<? extends @Nullable Acquisition> answer() {
        return answer;
    }

    /** What was answered, now that it is; or throws what made the limiter fail. */
    @Nullable
    Acquisition answered() throws Throwable {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Whether the call may begin: only once, and not when it was given up. */
    boolean begin() {
        return !over.getAndSet(true);
    }

    /** Nobody waits for the call any more. If it has not begun, nothing remains taken. */
    void giveUp() {
        if (!over.getAndSet(true) && !answer.cancel(false)) {
            var unused = answer.thenAccept(credits::giveBack);
        }
    }
}
