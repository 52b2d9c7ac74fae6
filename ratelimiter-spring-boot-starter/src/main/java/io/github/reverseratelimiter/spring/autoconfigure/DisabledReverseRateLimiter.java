package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Grants everything at once and counts nothing: limiting is switched off. Requests are checked all the same. */
final class DisabledReverseRateLimiter implements ReverseRateLimiter {

    private final Map<String, NamedLimiter> limiters;
    private final Duration margin;
    private volatile boolean closed;

    DisabledReverseRateLimiter(List<LimiterSettings> limiters, Duration margin) {
        this.limiters = limiters.stream()
                .collect(Collectors.toMap(LimiterSettings::name, each -> new NamedLimiter(this, each)));
        this.margin = margin;
    }

    @Override
    public Acquisition tryAcquire(String key, RateLimit limit) {
        return acquire(key, limit, Duration.ZERO);
    }

    @Override
    public Acquisition acquire(String key, RateLimit limit, Duration maxWait) {
        List<RateLimit> limits = List.of(limit);
        return acquire(new CreditRequest(
                new CreditKey("", key), limits, CreditRequest.defaultMargin(limits, margin), 1, Waiting.upTo(maxWait)));
    }

    @Override
    public Acquisition acquire(CreditRequest request) {
        if (closed) {
            throw new IllegalStateException("the limiter is closed");
        }
        int least = request.limits().stream()
                .mapToInt(limit -> limit.limit() - request.credits())
                .min()
                .orElseGet(() -> request.flow().maxInFlight().orElse(1) - 1);
        return granted(least);
    }

    private static Acquisition granted(int remaining) {
        return new Acquisition.Granted(remaining, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO);
    }

    @Override
    public CompletableFuture<Acquisition> acquireAsync(CreditRequest request) {
        return CompletableFuture.completedFuture(acquire(request));
    }

    @Override
    public Acquisition acquireAll(List<CreditRequest> requests) {
        int least = CreditRequest.merged(requests).stream()
                .map(this::acquire)
                .mapToInt(Acquisition::remaining)
                .min()
                .orElseThrow();
        return granted(least);
    }

    @Override
    public CompletableFuture<Acquisition> acquireAllAsync(List<CreditRequest> requests) {
        return CompletableFuture.completedFuture(acquireAll(requests));
    }

    @Override
    public void complete(Acquisition.Granted granted, CallEnd end) {}

    @Override
    public CompletableFuture<Integer> refund(Acquisition.Granted granted) {
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public CompletableFuture<Void> pause(CreditKey key, Duration duration) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public NamedLimiter named(String name) {
        NamedLimiter limiter = limiters.get(name);
        if (limiter == null) {
            throw new IllegalArgumentException("there is no limiter '" + name + "' among "
                    + new TreeSet<>(limiters.keySet()) + ": configure it, or use one of these");
        }
        return limiter;
    }

    @Override
    public void close() {
        closed = true;
    }
}
