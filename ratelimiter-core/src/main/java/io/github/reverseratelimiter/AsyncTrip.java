package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Reply;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to the commonest call that has no thread ({@link AtOnce}), as long as its trip is under way: there are no steps to be made but
 * one. Where that was not enough, an {@link AsyncAcquisition} goes on.
 */
final class AsyncTrip extends CompletableFuture<Acquisition> implements Pending {

    private final DefaultReverseRateLimiter limiter;
    private final AtOnce atOnce;
    private final Bundle bundle;
    private final AtOnce.Outcome.Sent sent;
    private final int hash = ThreadLocalRandom.current().nextInt();

    /** Whoever sets it sees to the rest: the reply, the deadline, the caller that goes away, or the end of the limiter. */
    private final AtomicBoolean over = new AtomicBoolean();

    private Runnable cancelDeadline = () -> {};

    AsyncTrip(DefaultReverseRateLimiter limiter, AtOnce atOnce, Bundle bundle, AtOnce.Outcome.Sent sent) {
        this.limiter = limiter;
        this.atOnce = atOnce;
        this.bundle = bundle;
        this.sent = sent;
    }

    AsyncTrip start() {
        limiter.pending().add(this);
        try {
            cancelDeadline = limiter.deadlines().add(this::overdue);
        } catch (RuntimeException | Error e) {
            fail(limiter.isClosed() ? DefaultReverseRateLimiter.closedWhileWaiting(bundle) : e);
            return this;
        }
        var unused = sent.reply().whenComplete((reply, failure) -> replied(reply));
        if (limiter.isClosed()) {
            close();
        }
        return this;
    }

    private void replied(@Nullable Reply reply) {
        if (!ends()) {
            return; // whoever was first gives back what this brought
        }
        AtOnce.Outcome outcome = reply == null ? atOnce.goOn(bundle, sent) : atOnce.replied(bundle, sent, reply);
        if (outcome instanceof AtOnce.Outcome.Answered answered) {
            leave();
            limiter.handover().complete(() -> tell(answered.answer()));
        } else {
            goOn().answered(((AtOnce.Outcome.Begun) outcome).trip(), false);
        }
    }

    private void overdue() {
        if (ends()) {
            goOn().overdue(trip());
        }
    }

    private AsyncAcquisition goOn() {
        AsyncAcquisition further = limiter.goOn(bundle, this, sent.startNanos());
        limiter.pending().remove(this);
        return further;
    }

    private CompletableFuture<Trips.Answer> trip() {
        return atOnce.goOn(bundle, sent).trip();
    }

    /** Listeners first: what is chained to the future may run here, and for long. */
    private void tell(Acquisition answer) {
        if (isDone()) {
            limiter.listeners().callerWentAway(bundle, null);
        } else {
            limiter.listeners().answered(bundle, answer, null);
        }
        if (!super.complete(answer) && answer instanceof Acquisition.Granted granted) {
            limiter.trips().giveBack(Credit.of(granted.basis()));
        }
    }

    /** The caller does not wait any more. */
    private void callerEnded(@Nullable Throwable failure) {
        if (ends()) {
            giveBackWhenItArrives();
            limiter.listeners().callerWentAway(bundle, failure);
        }
    }

    private boolean ends() {
        boolean first = over.compareAndSet(false, true);
        if (first) {
            cancelDeadline.run();
        }
        return first;
    }

    private void giveBackWhenItArrives() {
        limiter.trips().refundWhenItArrives(trip());
        leave();
    }

    private void leave() {
        limiter.pending().remove(this);
        limiter.underway().end();
    }

    @Override
    public boolean complete(Acquisition answer) {
        return byCaller(super.complete(answer), null);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return byCaller(super.completeExceptionally(failure), failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return byCaller(super.cancel(mayInterruptIfRunning), new CancellationException());
    }

    private boolean byCaller(boolean ended, @Nullable Throwable failure) {
        if (ended) {
            callerEnded(failure);
        }
        return ended;
    }

    /** Which completes it beside {@link #complete}. */
    @Override
    public CompletableFuture<Acquisition> completeAsync(Supplier<? extends Acquisition> supplier, Executor executor) {
        var unused = whenComplete((answer, failure) -> callerEnded(failure));
        return super.completeAsync(supplier, executor);
    }

    @Override
    public void obtrudeValue(Acquisition answer) {
        super.obtrudeValue(answer);
        callerEnded(null);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        callerEnded(failure);
    }

    /** It holds nothing yet. */
    @Override
    public long place() {
        return 0;
    }

    @Override
    public void close() {
        fail(DefaultReverseRateLimiter.closedWhileWaiting(bundle));
    }

    private void fail(Throwable failure) {
        if (ends()) {
            giveBackWhenItArrives();
            limiter.handover().complete(() -> {
                limiter.listeners().abandoned(bundle, failure);
                super.completeExceptionally(failure);
            });
        }
    }

    /** As that of an {@link AsyncAcquisition}. */
    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }
}
