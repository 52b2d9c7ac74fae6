package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Drives each caller's steps: with the calling thread, or without one. */
final class DefaultReverseRateLimiter implements ReverseRateLimiter {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final long IDENTITIES = 1L << 48;

    private final CreditStore store;
    private final Map<String, LimiterSettings> limiters;
    private final Duration margin;
    private final Duration storeTimeout;
    private final TimeSource time;
    private final Sleeper sleeper;
    private final Executor executor;
    private final Waiters waiters;
    private final RemoteClock storeClock;
    private final Holds holds = new Holds();
    private final Set<String> disagreed = ConcurrentHashMap.newKeySet();
    private final Set<AsyncAcquisition> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    DefaultReverseRateLimiter(ReverseRateLimiterBuilder builder) {
        this.store = builder.store;
        this.limiters = Map.copyOf(builder.limiters);
        this.margin = builder.margin;
        this.storeTimeout = builder.storeTimeout;
        this.time = builder.timeSource;
        this.sleeper = builder.sleeper;
        this.executor = builder.executor;
        this.waiters = new Waiters(builder.maxWaiters);
        this.storeClock = new RemoteClock(time);
    }

    @Override
    public Acquisition tryAcquire(String key, RateLimit limit) {
        return acquire(request(key, limit, Waiting.none()));
    }

    @Override
    public Acquisition acquire(String key, RateLimit limit, Duration maxWait) {
        return acquire(request(key, limit, Waiting.upTo(maxWait)));
    }

    private CreditRequest request(String key, RateLimit limit, Waiting waiting) {
        List<RateLimit> limits = List.of(limit);
        return new CreditRequest(
                new CreditKey("", key), limits, CreditRequest.defaultMargin(limits, margin), 1, waiting);
    }

    @Override
    public Acquisition acquire(CreditRequest request) {
        boolean waits = !(request.waiting() instanceof Waiting.None);
        boolean mayWait = waits && waiters.enter(request.key().limiter());
        try {
            return drive(acquiring(request, mayWait), request);
        } finally {
            if (mayWait) {
                waiters.leave(request.key().limiter());
            }
        }
    }

    private Acquiring acquiring(CreditRequest request, boolean mayWait) {
        if (closed) {
            throw new IllegalStateException("the limiter is closed");
        }
        return new Acquiring(request, holds, storeClock, storeTimeout, mayWait, time.nanoTime());
    }

    private Acquisition drive(Acquiring acquiring, CreditRequest request) {
        Step step = acquiring.start();
        try {
            while (true) {
                if (step instanceof Step.Ask ask) {
                    giveBack(ask.unused());
                    step = ask(acquiring, request, ask);
                } else if (step instanceof Step.Sleep sleep) {
                    sleeper.sleep(sleep.nanos());
                    step = acquiring.woke(time.nanoTime());
                } else if (step instanceof Step.Done done) {
                    giveBack(done.unused());
                    return done.answer();
                }
            }
        } catch (InterruptedException e) {
            giveBack(acquiring.giveUp());
            Thread.currentThread().interrupt();
            throw new AcquireInterruptedException("interrupted while waiting for limiter '"
                    + request.key().limiter() + "': the credits were given back");
        }
    }

    private Step ask(Acquiring acquiring, CreditRequest request, Step.Ask ask) throws InterruptedException {
        CompletableFuture<Reply> trip = trip(request, ask.maxWaitMicros());
        try {
            Reply reply = trip.isDone() ? trip.get() : trip.get(storeTimeout.toNanos(), TimeUnit.NANOSECONDS);
            return acquiring.replied(reply, time.nanoTime());
        } catch (TimeoutException e) {
            refundWhenItArrives(request, trip);
            return acquiring.failed(time.nanoTime());
        } catch (ExecutionException e) {
            return failed(acquiring, e);
        } catch (InterruptedException e) {
            refundWhenItArrives(request, trip);
            throw e;
        }
    }

    /** One trip to the store for one request. */
    CompletableFuture<Reply> trip(CreditRequest request, long maxWaitMicros) {
        Request wish = new Request(
                request.credits(), maxWaitMicros, ThreadLocalRandom.current().nextLong(1, IDENTITIES));
        long sent = time.nanoTime();
        CompletionStage<Reply> reply;
        try {
            reply = store.take(
                    new Call(request.key(), request.limits(), request.margin(), List.of(wish), storeTimeout));
        } catch (CreditStoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        return reply.thenApply(answer -> {
                    storeClock.learn(sent, answer.now());
                    if (answer.otherLimits()) {
                        warnOnce(request);
                    }
                    return answer;
                })
                .toCompletableFuture();
    }

    private void warnOnce(CreditRequest request) {
        if (disagreed.size() < 1_000 && disagreed.add(request.key().limiter())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Limiter ''{0}'': another caller states other limits for the same key than {1}; all are respected",
                    request.key().limiter(),
                    request.limits());
        }
    }

    /** What a trip that failed means: denied where the store is away, an exception where it cannot be used. */
    static Step failed(Acquiring acquiring, Throwable failure, long nowNanos) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CreditStoreMisconfiguredException misconfigured) {
            throw misconfigured;
        }
        if (cause instanceof CreditStoreException) {
            return acquiring.failed(nowNanos);
        }
        if (cause instanceof RuntimeException other) {
            throw other;
        }
        throw new CreditStoreException("the store failed: " + cause, cause);
    }

    private Step failed(Acquiring acquiring, Throwable failure) {
        LOG.log(System.Logger.Level.DEBUG, "The store did not decide", failure);
        return failed(acquiring, failure, time.nanoTime());
    }

    @Override
    public CompletableFuture<Acquisition> acquireAsync(CreditRequest request) {
        boolean waits = !(request.waiting() instanceof Waiting.None);
        boolean mayWait = waits && waiters.enter(request.key().limiter());
        AsyncAcquisition acquisition;
        try {
            acquisition = new AsyncAcquisition(this, acquiring(request, mayWait), request);
        } catch (RuntimeException e) {
            if (mayWait) {
                waiters.leave(request.key().limiter());
            }
            throw e;
        }
        return acquisition.start(pending, () -> {
            if (mayWait) {
                waiters.leave(request.key().limiter());
            }
        });
    }

    /** A trip whose caller has gone: if it was granted all the same, the credit comes back. */
    void refundWhenItArrives(CreditRequest request, CompletableFuture<Reply> trip) {
        var unused = trip.thenAccept(reply -> {
            if (reply.decisions().get(0) instanceof Decision.Taken taken) {
                giveBack(new Credit(request.key(), request.credits(), taken.at()));
            }
        });
    }

    void giveBack(@Nullable Credit credit) {
        if (credit != null) {
            var unused = giveBackCounting(credit);
        }
    }

    private CompletableFuture<Integer> giveBackCounting(Credit credit) {
        try {
            return store.refund(credit.key(), credit.credits(), credit.at()).toCompletableFuture();
        } catch (CreditStoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Integer> refund(Acquisition.Granted granted) {
        if (granted.basis() instanceof Acquisition.Basis.Store basis
                && basis.credit().claim()) {
            return giveBackCounting(basis.credit());
        }
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletableFuture<Void> pause(CreditKey key, Duration duration) {
        if (duration.isNegative() || duration.compareTo(Waiting.MAX_WAIT) > 0) {
            throw new IllegalArgumentException("a pause must be from 0s to 366d but was " + Durations.text(duration)
                    + " (limiter '" + key.limiter() + "')");
        }
        return store.pause(key, duration)
                .thenAccept(held -> holds.learn(key, held))
                .toCompletableFuture();
    }

    @Override
    public NamedLimiter named(String name) {
        LimiterSettings settings = limiters.get(name);
        if (settings == null) {
            throw new IllegalArgumentException("there is no limiter '" + name + "' among "
                    + new TreeSet<>(limiters.keySet()) + ": configure it, or use one of these");
        }
        return new NamedLimiter(this, settings);
    }

    long nanoTime() {
        return time.nanoTime();
    }

    Duration storeTimeout() {
        return storeTimeout;
    }

    Sleeper sleeper() {
        return sleeper;
    }

    Executor executor() {
        return executor;
    }

    @Override
    public void close() {
        closed = true;
        pending.forEach(AsyncAcquisition::close);
        sleeper.close();
        store.close();
    }
}
