package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Grants everything, or denies it, and notes what it was asked for. */
final class RecordingLimiter implements ReverseRateLimiter {

    /** One list for each call. */
    final List<List<CreditRequest>> calls = new ArrayList<>();

    /** Run at each call, in its thread. */
    Runnable asked = () -> {};

    /** The answer to all that follows. */
    Acquisition answer = new Acquisition.Granted(1, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO);

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
        return CompletableFuture.completedFuture(1);
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
