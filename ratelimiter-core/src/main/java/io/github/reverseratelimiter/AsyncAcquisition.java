package io.github.reverseratelimiter;

import io.github.reverseratelimiter.Trips.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Drives one caller's steps without a thread: a reply or a timer moves it on, whoever completes its future ends it. */
final class AsyncAcquisition implements Pending {

    private final DefaultReverseRateLimiter limiter;
    private final Acquiring acquiring;
    private final Bundle bundle;
    private final Consumer<AsyncAcquisition> whenOver;
    private final CompletableFuture<Acquisition> result;
    private final int hash = ThreadLocalRandom.current().nextInt();

    /** Guards what follows, and the steps of {@link #acquiring}. Nothing is taken and no future completed under it; credits may be given back. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable CompletableFuture<Answer> trip;
    private @Nullable Runnable cancelTimer;
    /** Numbers the trips and sleeps: whoever reports the end of an older one comes too late. */
    private int pauses;

    /**
     * A trip is about to be sent, or just was: it is not known here yet. Whoever ends all meanwhile leaves the place in the queue to who sends
     * it: to withdraw that beside a trip that asks for it may end two calls, or leave one that nobody makes.
     */
    private boolean sending;

    private List<Credit> left = List.of();
    private boolean ended;

    /** To be started; {@code whenOver} runs once, before the caller learns the answer by {@code result}. */
    AsyncAcquisition(
            DefaultReverseRateLimiter limiter,
            Acquiring acquiring,
            Bundle bundle,
            CompletableFuture<Acquisition> result,
            Consumer<AsyncAcquisition> whenOver) {
        this.limiter = limiter;
        this.acquiring = acquiring;
        this.bundle = bundle;
        this.result = result;
        this.whenOver = whenOver;
    }

    CompletableFuture<Acquisition> start() {
        watchCaller(Runnable::run);
        move(0, acquiring::start, true);
        return result;
    }

    /** Starts with a trip that is back. */
    void answered(CompletableFuture<Answer> first, boolean here) {
        goOn(first, () -> answered(first), here);
    }

    /** Starts with a trip that has had its time. */
    void overdue(CompletableFuture<Answer> first) {
        goOn(first, () -> noReply(first), true);
    }

    private void goOn(CompletableFuture<Answer> first, Supplier<Step> next, boolean here) {
        var unused = step(0, acquiring::start);
        int number = begin(first);
        limiter.pending().add(this); // from here on somebody may end it, who finds the trip
        watchCaller(result.isDone() && !here ? limiter.handover()::complete : Runnable::run);
        move(number, next, here);
        if (limiter.isClosed()) {
            close();
        }
    }

    private void watchCaller(Executor telling) {
        // Also where the caller completes it, as orTimeout does: nobody waits any more.
        var unused = result.whenComplete((answer, failure) -> {
            if (end()) {
                telling.execute(() -> limiter.listeners().callerWentAway(bundle, failure));
            }
        });
    }

    /**
     * Takes the next step after a trip or a sleep, unless that is not waited for any more.
     *
     * @param here whether functions chained to the future may run in this thread
     */
    private void move(int number, Supplier<Step> next, boolean here) {
        try {
            Step step = step(number, next);
            if (step == null) {
                return;
            }
            if (step instanceof Step.Ask ask) {
                ask(ask.asking(), here);
            } else if (step instanceof Step.Sleep sleep) {
                sleep(sleep.nanos());
            } else if (step instanceof Step.Queue queue) {
                queue(queue);
            } else if (step instanceof Step.Unusable unusable) {
                move(begin(null), () -> limiter.declared(acquiring, acquiring.bundle(), unusable.cause()), here);
            } else if (step instanceof Step.Done done) {
                whenOver.accept(this);
                finish(() -> complete(done.answer()), here);
            }
        } catch (RuntimeException | Error e) {
            fail(e, here);
        }
    }

    private @Nullable Step step(int number, Supplier<Step> next) {
        lock.lock();
        try {
            if (ended || number != pauses) {
                return null;
            }
            pauses++;
            trip = null;
            stopTimer();
            Step step = next.get();
            ended = step instanceof Step.Done;
            sending = step instanceof Step.Ask;
            limiter.trips().giveBack(step.unused());
            if (sending) {
                acquiring.sit();
            }
            return step;
        } finally {
            lock.unlock();
        }
    }

    /** Listeners first: what is chained to the future may run here, and for long. */
    private void complete(Acquisition answer) {
        if (result.isDone()) {
            limiter.listeners().callerWentAway(bundle, null);
        } else {
            limiter.answered(acquiring, bundle, answer);
        }
        if (!result.complete(answer) && answer instanceof Acquisition.Granted granted) {
            limiter.trips().giveBack(Credit.of(granted.basis()));
        }
    }

    private void fail(Throwable failure, boolean here) {
        if (end()) {
            finish(
                    () -> {
                        limiter.listeners().abandoned(bundle, failure);
                        result.completeExceptionally(failure);
                    },
                    here);
        }
    }

    private void finish(Runnable completion, boolean here) {
        if (here) {
            completion.run();
        } else {
            limiter.handover().complete(completion);
        }
    }

    private void ask(Asking asking, boolean here) {
        CompletableFuture<Answer> asked;
        int number;
        if (!limiter.underway().begin()) {
            notSent();
            throw DefaultReverseRateLimiter.closedWhileWaiting(bundle); // nobody could give back what this brought
        }
        try {
            asked = send(asking);
            number = begin(asked);
            if (number == 0) {
                limiter.trips().refundWhenItArrives(asked, left);
                return;
            }
        } finally {
            limiter.underway().end();
        }
        if (asked.isDone()) {
            move(number, () -> answered(asked), here);
            return;
        }
        Runnable late = () -> move(number, () -> noReply(asked), true);
        if (asking.patience() instanceof Patience.Left left) {
            schedule(number, late, left.time().toNanos());
        } else {
            watch(number, limiter.deadlines().add(late));
        }
        var unused = asked.whenComplete((reply, failure) -> move(number, () -> answered(asked), false));
    }

    private CompletableFuture<Answer> send(Asking asking) {
        try {
            return limiter.ask(acquiring.bundle(), asking);
        } catch (RuntimeException | Error e) {
            notSent();
            throw e;
        }
    }

    private void notSent() {
        lock.lock();
        try {
            sending = false;
        } finally {
            lock.unlock();
        }
        limiter.trips().giveBack(left);
    }

    private Step answered(CompletableFuture<Answer> asked) {
        try {
            return acquiring.replied(asked.join(), limiter.nanoTime());
        } catch (CompletionException e) {
            List<Credit> place = acquiring.giveUp(); // in the queue, from before
            if (!StoreAwayException.followedAnAnswer(e)) {
                limiter.trips().giveBack(place);
            }
            return limiter.failed(acquiring, bundle, e);
        }
    }

    private Step noReply(CompletableFuture<Answer> asked) {
        limiter.trips().refundWhenItArrives(asked, acquiring.giveUp());
        return limiter.overdue(acquiring, bundle);
    }

    private void sleep(long nanos) {
        int number = begin(null);
        if (number > 0) {
            schedule(number, () -> move(number, () -> acquiring.woke(limiter.nanoTime()), true), nanos);
        }
    }

    private void queue(Step.Queue step) {
        int number = begin(null);
        if (number > 0) {
            Supplier<Step> next = () -> acquiring.woke(limiter.nanoTime());
            schedule(number, () -> move(number, next, true), step.nanos());
            step.seat().whenCalled(() -> move(number, next, false));
        }
    }

    /** A trip or a sleep begins: its number, or 0 if all is over. */
    private int begin(@Nullable CompletableFuture<Answer> asked) {
        lock.lock();
        try {
            if (ended) {
                return 0;
            }
            sending = false;
            trip = asked;
            return ++pauses;
        } finally {
            lock.unlock();
        }
    }

    private void schedule(int number, Runnable task, long nanos) {
        watch(number, limiter.sleeper().schedule(task, nanos, limiter::execute));
    }

    private void watch(int number, Runnable cancel) {
        lock.lock();
        try {
            if (ended || number != pauses) {
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

    /**
     * Ends it without an answer: what was taken is given back, now or when the reply arrives.
     *
     * @return false if it was over already
     */
    private boolean end() {
        CompletableFuture<Answer> asked;
        List<Credit> credits;
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            ended = true;
            stopTimer();
            asked = trip;
            credits = acquiring.giveUp();
            if (sending) {
                left = credits;
                credits = List.of();
            }
        } finally {
            lock.unlock();
        }
        if (asked == null) {
            limiter.trips().giveBack(credits);
        } else {
            limiter.trips().refundWhenItArrives(asked, credits);
        }
        whenOver.accept(this);
        return true;
    }

    /** Each is put into a set, and what the JVM makes up for an object takes as long as all else that the set does. */
    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public long place() {
        lock.lock();
        try {
            return acquiring.place();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        fail(DefaultReverseRateLimiter.closedWhileWaiting(bundle), false);
    }
}
