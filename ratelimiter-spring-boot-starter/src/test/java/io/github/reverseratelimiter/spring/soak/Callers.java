package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers of one instance: they wait or do not, with a thread or without, cancel, are interrupted and give back. */
final class Callers implements AutoCloseable {

    private static final RateLimit OF_A_USER = RateLimit.of(1, Duration.ofMillis(500));
    private static final int IN_FLIGHT = 12;

    private final ReverseRateLimiter limiter;
    private final Witness witness;
    private final Random random = new Random();
    private final String user = "user " + Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private final ScheduledExecutorService alarm = Executors.newSingleThreadScheduledExecutor();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean resting;
    private volatile boolean over;

    Callers(ReverseRateLimiter limiter, Witness witness) {
        this.limiter = limiter;
        this.witness = witness;
        begin(() -> stand(Budget.SLOW, 1));
        begin(() -> stand(Budget.WEIGHTED, 1 + random.nextInt(10)));
        begin(() -> stand(Budget.TWO_WINDOWS, 1));
        begin(this::poll);
        begin(this::lineUp);
        begin(this::beInterrupted);
        begin(this::askForUsers);
        begin(this::askForSeveral);
    }

    private void begin(Runnable call) {
        Thread thread = new Thread(() -> again(call), "caller");
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    private void again(Runnable call) {
        while (!over) {
            busy.incrementAndGet();
            try {
                if (!resting) {
                    call.run();
                }
            } catch (RuntimeException | Error e) {
                witness.wrong(e);
            } finally {
                busy.decrementAndGet();
            }
            if (resting) {
                pause(Duration.ofMillis(5));
            }
        }
    }

    private void stand(Budget budget, int credits) {
        ask(budget.request().credits(credits).maxWait(Budget.LONGEST_WAIT));
    }

    private void ask(CreditRequest request) {
        Witness.Call call = witness.asks(List.of(request));
        Acquisition answer = limiter.acquire(request);
        keepOrGiveBack(call, answer);
        rest(answer);
    }

    /** Asks once; some give back what they got. */
    private void poll() {
        ask(Budget.FAST.request());
        pause(Duration.ofMillis(5));
    }

    private void askForUsers() {
        ask(CreditRequest.of(user + users.incrementAndGet(), OF_A_USER));
        pause(Duration.ofMillis(20));
    }

    private void askForSeveral() {
        List<CreditRequest> requests =
                List.of(Budget.FAST.request(), CreditRequest.of(user + users.incrementAndGet(), OF_A_USER));
        Witness.Call call = witness.asks(requests);
        Acquisition answer = limiter.acquireAll(requests);
        keepOrGiveBack(call, answer);
        rest(answer);
        pause(Duration.ofMillis(20));
    }

    private void beInterrupted() {
        CreditRequest request = Budget.SLOW.request().maxWait(Budget.LONGEST_WAIT);
        Thread self = Thread.currentThread();
        ScheduledFuture<?> interruption =
                alarm.schedule(self::interrupt, random.nextInt(400_000), TimeUnit.MICROSECONDS);
        Witness.Call call = witness.asks(List.of(request));
        try {
            keepOrGiveBack(call, limiter.acquire(request));
        } catch (AcquireInterruptedException e) {
            call.interrupted();
        } finally {
            if (!interruption.cancel(false)) {
                while (!interruption.isDone()) {
                    Thread.onSpinWait();
                }
            }
            // Done, or about to be: what comes now must not hit the next call.
            pause(Duration.ofMillis(2));
            var unused = Thread.interrupted();
        }
        pause(Duration.ofMillis(20));
    }

    private void lineUp() {
        inFlight.acquireUninterruptibly();
        CreditRequest request = Budget.LINE.request().maxWait(Budget.LONGEST_WAIT);
        Witness.Call call = witness.asks(List.of(request));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(request);
        future.whenComplete((answer, failure) -> {
            if (answer != null) {
                keepOrGiveBack(call, answer);
            } else if (future.isCancelled()) {
                call.interrupted();
            } else {
                witness.wrong(failure);
            }
            inFlight.release();
        });
        if (random.nextInt(4) == 0) {
            pause(Duration.ofMillis(random.nextInt(30)));
            future.cancel(false);
        }
        pause(Duration.ofMillis(3));
    }

    private void keepOrGiveBack(Witness.Call call, Acquisition answer) {
        if (answer instanceof Acquisition.Granted granted && random.nextInt(20) == 0) {
            call.givesBack(granted);
            var unused = limiter.refund(granted);
        } else {
            call.isTold(answer);
        }
    }

    /** Nobody asks at once again, as callers in earnest do not. */
    private static void rest(Acquisition answer) {
        if (answer instanceof Acquisition.Denied denied) {
            long millis = Math.min(50, Math.max(5, denied.retryAfter().toMillis()));
            pause(Duration.ofMillis(millis));
        }
    }

    static void pause(Duration duration) {
        try {
            var unused = new Semaphore(0).tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when nobody asks and nobody waits. */
    void rest() {
        resting = true;
        while (busy.get() > 0) {
            pause(Duration.ofMillis(1));
        }
        inFlight.acquireUninterruptibly(IN_FLIGHT);
        inFlight.release(IN_FLIGHT);
    }

    /** Lets them ask again. */
    void goOn() {
        resting = false;
    }

    @Override
    public void close() {
        rest();
        over = true;
        alarm.shutdownNow();
    }
}
