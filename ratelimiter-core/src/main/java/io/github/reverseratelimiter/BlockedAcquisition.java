package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Drives one caller's steps with its own thread: an interruption, or the end of the limiter, ends it. */
final class BlockedAcquisition {

    private final DefaultReverseRateLimiter limiter;
    private final Acquiring acquiring;
    private final CreditRequest request;

    BlockedAcquisition(DefaultReverseRateLimiter limiter, Acquiring acquiring, CreditRequest request) {
        this.limiter = limiter;
        this.acquiring = acquiring;
        this.request = request;
    }

    /** The answer; whatever else happens, what was taken is given back. */
    Acquisition drive() {
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Step step = acquiring.start();
            while (!(step instanceof Step.Done done)) {
                limiter.trips().giveBack(step.unused());
                step = next(step);
            }
            limiter.trips().giveBack(done.unused());
            return done.answer();
        } catch (InterruptedException e) {
            limiter.trips().giveBack(acquiring.giveUp());
            Thread.currentThread().interrupt();
            throw new AcquireInterruptedException("interrupted while waiting"
                    + DefaultReverseRateLimiter.forLimiter(request) + ": the credits were given back");
        } catch (RuntimeException | Error e) {
            limiter.trips().giveBack(acquiring.giveUp());
            throw e;
        }
    }

    private Step next(Step step) throws InterruptedException {
        if (limiter.isClosed()) {
            throw DefaultReverseRateLimiter.closedWhileWaiting(request);
        }
        return step instanceof Step.Ask ask ? ask(ask.maxWaitMicros()) : sleep(((Step.Sleep) step).nanos());
    }

    private Step ask(long maxWaitMicros) throws InterruptedException {
        CompletableFuture<Answer> trip = limiter.trips().ask(request, maxWaitMicros);
        try {
            Answer answer =
                    trip.isDone() ? trip.get() : trip.get(limiter.storeTimeout().toNanos(), TimeUnit.NANOSECONDS);
            return acquiring.replied(answer, limiter.nanoTime());
        } catch (TimeoutException e) {
            limiter.trips().refundWhenItArrives(request, trip);
            return limiter.overdue(acquiring);
        } catch (ExecutionException e) {
            return limiter.failed(acquiring, e);
        } catch (InterruptedException e) {
            limiter.trips().refundWhenItArrives(request, trip);
            throw e;
        }
    }

    private Step sleep(long nanos) throws InterruptedException {
        try {
            limiter.sleeper().sleep(nanos);
        } catch (IllegalStateException e) {
            if (!limiter.isClosed()) {
                throw e;
            }
        }
        if (limiter.isClosed()) {
            throw DefaultReverseRateLimiter.closedWhileWaiting(request);
        }
        return acquiring.woke(limiter.nanoTime());
    }
}
