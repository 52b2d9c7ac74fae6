package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Drives one caller's steps with its own thread: an interruption, or the end of the limiter, ends it. */
final class BlockedAcquisition {

    private final DefaultReverseRateLimiter limiter;
    private final Acquiring acquiring;
    private final Bundle bundle;
    private final @Nullable CompletableFuture<Answer> begun;

    BlockedAcquisition(DefaultReverseRateLimiter limiter, Acquiring acquiring, Bundle bundle) {
        this(limiter, acquiring, bundle, null);
    }

    /** Of which the first trip has begun already. */
    BlockedAcquisition(
            DefaultReverseRateLimiter limiter,
            Acquiring acquiring,
            Bundle bundle,
            @Nullable CompletableFuture<Answer> begun) {
        this.limiter = limiter;
        this.acquiring = acquiring;
        this.bundle = bundle;
        this.begun = begun;
    }

    /** The answer; whatever else happens, what was taken is given back. */
    Acquisition drive() {
        try {
            Step step = first();
            while (!(step instanceof Step.Done done)) {
                limiter.trips().giveBack(step.unused());
                step = next(step);
            }
            limiter.trips().giveBack(done.unused());
            return done.answer();
        } catch (InterruptedException e) {
            limiter.trips().giveBack(acquiring.giveUp());
            Thread.currentThread().interrupt();
            throw new AcquireInterruptedException(
                    "interrupted while waiting" + bundle.forLimiters() + ": the credits were given back");
        } catch (RuntimeException | Error e) {
            limiter.trips().giveBack(acquiring.giveUp());
            throw e;
        }
    }

    private Step first() throws InterruptedException {
        if (begun == null && Thread.interrupted()) {
            throw new InterruptedException();
        }
        Step first = acquiring.start();
        return begun != null && first instanceof Step.Ask asked
                ? await(begun, asked.asking().patience())
                : first;
    }

    private Step next(Step step) throws InterruptedException {
        if (limiter.isClosed()) {
            throw DefaultReverseRateLimiter.closedWhileWaiting(bundle);
        }
        if (step instanceof Step.Unusable unusable) {
            return limiter.declared(acquiring, bundle, unusable.cause());
        }
        // Nobody is queued for here: calls that are counted until they end wait without a thread.
        return step instanceof Step.Ask ask ? ask(ask.asking()) : sleep(((Step.Sleep) step).nanos());
    }

    private Step ask(Asking asking) throws InterruptedException {
        return await(limiter.ask(bundle, asking), asking.patience());
    }

    private Step await(CompletableFuture<Answer> trip, Patience patience) throws InterruptedException {
        try {
            long most = patience.time().toNanos();
            Answer answer = trip.isDone() ? trip.get() : trip.get(most, TimeUnit.NANOSECONDS);
            return acquiring.replied(answer, limiter.nanoTime());
        } catch (TimeoutException e) {
            limiter.trips().refundWhenItArrives(trip);
            return limiter.overdue(acquiring, bundle);
        } catch (ExecutionException e) {
            return limiter.failed(acquiring, bundle, e);
        } catch (InterruptedException e) {
            limiter.trips().refundWhenItArrives(trip);
            throw e;
        }
    }

    private Step sleep(long nanos) throws InterruptedException {
        Asleep asleep = new Asleep();
        limiter.pending().add(asleep);
        try {
            if (!limiter.isClosed()) {
                limiter.sleeper().sleep(nanos);
            }
        } catch (IllegalStateException e) {
            if (!limiter.isClosed()) {
                throw e;
            }
        } finally {
            limiter.pending().remove(asleep);
            asleep.wake();
        }
        if (limiter.isClosed()) {
            throw DefaultReverseRateLimiter.closedWhileWaiting(bundle);
        }
        return acquiring.woke(limiter.nanoTime());
    }

    /** While the thread sleeps, another one may close the limiter. Made only then: most callers never sleep. */
    private final class Asleep implements Pending {

        /** Guards the steps of {@link #acquiring} meanwhile. */
        private final ReentrantLock lock = new ReentrantLock();

        private boolean over;

        void wake() {
            lock.lock();
            try {
                over = true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long place() {
            lock.lock();
            try {
                return over ? 0 : acquiring.place();
            } finally {
                lock.unlock();
            }
        }

        /** The thread learns of it when its sleep ends; its credits need not wait for that. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (!over) {
                    limiter.trips().giveBack(acquiring.giveUp());
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
