package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A trip beside which the share was taken too. What the share gave goes back where the store grants nothing, and as soon
 * as nobody waits for the trip any more: a store that hangs would keep it from the very caller that has asked.
 */
final class BesideTrip extends CompletableFuture<Answer> {

    private final Answer share;
    private final Consumer<Answer> giveBack;
    private final AtomicBoolean over = new AtomicBoolean();

    /** Of this trip, for which that was taken from the share. */
    BesideTrip(CompletableFuture<Answer> trip, Answer share, Consumer<Answer> giveBack) {
        this.share = share;
        this.giveBack = giveBack;
        var unused = trip.whenComplete((answer, failure) -> {
            if (failure != null) {
                shareIsNotUsed();
                completeExceptionally(failure);
            } else if (answer.credits().isEmpty()) {
                shareIsNotUsed();
                complete(answer.beside(share));
            } else {
                // Whoever has gone away gives back what the store granted; the share has its part already.
                complete(over.compareAndSet(false, true) ? answer.beside(share) : answer);
            }
        });
    }

    /** Nobody waits for it any more. */
    void shareIsNotUsed() {
        if (over.compareAndSet(false, true)) {
            giveBack.accept(share);
        }
    }
}
