package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Grants everything, or denies it, and notes what it was asked for. */
public final class RecordingLimiter implements ReverseRateLimiter {

    /** One list for each call. */
    public final List<List<CreditRequest>> calls = new CopyOnWriteArrayList<>();

    /** How many times a grant was given back. */
    public final AtomicInteger refunds = new AtomicInteger();

    /** What was told of the end of calls. */
    public final List<CallEnd> ends = new CopyOnWriteArrayList<>();

    /** Run at each call, in its thread. */
    public volatile Runnable asked = () -> {};

    /** The answer to all that follows. */
    public volatile Acquisition answer =
            new Acquisition.Granted(1, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO);

    @Override
    public Acquisition tryAcquire(String key, RateLimit limit) {
        return acquire(CreditRequest.of(key, limit));
    }

    @Override
    public Acquisition acquire(String key, RateLimit limit, Duration maxWait) {
        return acquire(CreditRequest.of(key, limit).maxWait(maxWait));
    }

    @Override
    public Acquisition acquire(CreditRequest request) {
        return acquireAll(List.of(request));
    }

    @Override
    public CompletableFuture<Acquisition> acquireAsync(CreditRequest request) {
        return CompletableFuture.completedFuture(acquire(request));
    }

    @Override
    public Acquisition acquireAll(List<CreditRequest> requests) {
        asked.run();
        calls.add(requests);
        return answer;
    }

    @Override
    public CompletableFuture<Acquisition> acquireAllAsync(List<CreditRequest> requests) {
        return CompletableFuture.completedFuture(acquireAll(requests));
    }

    @Override
    public CompletableFuture<Integer> refund(Acquisition.Granted granted) {
        refunds.incrementAndGet();
        return CompletableFuture.completedFuture(1);
    }

    @Override
    public void complete(Acquisition.Granted granted, CallEnd end) {
        ends.add(end);
    }

    @Override
    public CompletableFuture<Void> pause(CreditKey key, Duration duration) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public NamedLimiter named(String name) {
        throw new IllegalArgumentException("there is no limiter '" + name + "': configure it");
    }

    @Override
    public void close() {
        // holds nothing
    }
}
