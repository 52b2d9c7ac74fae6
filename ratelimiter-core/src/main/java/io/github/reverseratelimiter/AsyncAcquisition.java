package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Reply;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Drives one caller's steps without a thread: a reply or a timer moves it on, whoever cancels it ends it. */
final class AsyncAcquisition {

    private final DefaultReverseRateLimiter limiter;
    private final Acquiring acquiring;
    private final CreditRequest request;
    private final CompletableFuture<Acquisition> result = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Runnable cancelTimer;
    private @Nullable CompletableFuture<Reply> trip;
    private int trips;
    private boolean ended;

    AsyncAcquisition(DefaultReverseRateLimiter limiter, Acquiring acquiring, CreditRequest request) {
        this.limiter = limiter;
        this.acquiring = acquiring;
        this.request = request;
    }

    CompletableFuture<Acquisition> start(Set<AsyncAcquisition> pending, Runnable whenOver) {
        pending.add(this);
        var unused = result.whenComplete((answer, failure) -> {
            pending.remove(this);
            whenOver.run();
            if (result.isCancelled()) {
                abandon();
            }
        });
        move(acquiring::start, true);
        return result;
    }

    private interface Move {
        Step next();
    }

    /** Takes the next step, unless it is over. The lock guards the steps against a cancellation; no trip is made under it. */
    private void move(Move move, boolean inCallersThread) {
        Step step;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            step = move.next();
            ended = step instanceof Step.Done;
        } catch (RuntimeException e) {
            ended = true;
            finish(() -> result.completeExceptionally(e), inCallersThread);
            return;
        } finally {
            lock.unlock();
        }
        if (step instanceof Step.Ask ask) {
            limiter.giveBack(ask.unused());
            ask(ask, inCallersThread);
        } else if (step instanceof Step.Sleep sleep) {
            timer(limiter.sleeper().schedule(this::woke, sleep.nanos(), limiter.executor()));
        } else if (step instanceof Step.Done done) {
            limiter.giveBack(done.unused());
            finish(() -> complete(done.answer()), inCallersThread);
        }
    }

    private void complete(Acquisition answer) {
        if (!result.complete(answer)
                && answer instanceof Acquisition.Granted granted
                && granted.basis() instanceof Acquisition.Basis.Store basis) {
            limiter.giveBack(basis.credit());
        }
    }

    private void finish(Runnable completion, boolean inCallersThread) {
        if (inCallersThread) {
            completion.run();
        } else {
            limiter.executor().execute(completion);
        }
    }

    private void ask(Step.Ask ask, boolean inCallersThread) {
        CompletableFuture<Reply> asked = limiter.trip(request, ask.maxWaitMicros());
        if (asked.isDone()) {
            answered(asked, inCallersThread);
            return;
        }
        int number;
        lock.lock();
        try {
            if (ended) {
                limiter.refundWhenItArrives(request, asked);
                return;
            }
            trip = asked;
            number = ++trips;
        } finally {
            lock.unlock();
        }
        timer(limiter.sleeper()
                .schedule(() -> overdue(asked, number), limiter.storeTimeout().toNanos(), limiter.executor()));
        var unused = asked.whenComplete((reply, failure) -> {
            if (arrived(number)) {
                answered(asked, false);
            }
        });
    }

    private void overdue(CompletableFuture<Reply> asked, int number) {
        if (arrived(number)) {
            limiter.refundWhenItArrives(request, asked);
            move(() -> acquiring.failed(limiter.nanoTime()), false);
        }
    }

    /** Whether this trip was still waited for; it is not any more. */
    private boolean arrived(int number) {
        lock.lock();
        try {
            boolean waited = number == trips && trip != null && !ended;
            if (waited) {
                trip = null;
                stopTimer();
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    private void answered(CompletableFuture<Reply> asked, boolean inCallersThread) {
        move(
                () -> {
                    try {
                        return acquiring.replied(asked.join(), limiter.nanoTime());
                    } catch (CompletionException e) {
                        return DefaultReverseRateLimiter.failed(acquiring, e, limiter.nanoTime());
                    }
                },
                inCallersThread);
    }

    private void woke() {
        move(() -> acquiring.woke(limiter.nanoTime()), false);
    }

    private void timer(Runnable cancel) {
        lock.lock();
        try {
            if (ended) {
                cancel.run();
            } else {
                cancelTimer = cancel;
            }
        } finally {
            lock.unlock();
        }
    }

    private void stopTimer() {
        Runnable cancel = cancelTimer;
        if (cancel != null) {
            cancelTimer = null;
            cancel.run();
        }
    }

    /** The caller has cancelled: what was taken is given back, now or when the reply arrives. */
    private void abandon() {
        CompletableFuture<Reply> asked;
        Credit credit;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            stopTimer();
            asked = trip;
            credit = acquiring.giveUp();
        } finally {
            lock.unlock();
        }
        limiter.giveBack(credit);
        if (asked != null) {
            limiter.refundWhenItArrives(request, asked);
        }
    }

    /** The limiter is closed: the caller learns so. */
    void close() {
        abandon();
        result.completeExceptionally(new IllegalStateException("the limiter was closed while waiting for limiter '"
                + request.key().limiter() + "': the credits were given back"));
    }
}
