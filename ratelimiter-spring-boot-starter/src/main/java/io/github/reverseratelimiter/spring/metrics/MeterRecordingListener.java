package io.github.reverseratelimiter.spring.metrics;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimiterListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Records what it hears in {@link ReverseRateLimiterMeters}. */
public final class MeterRecordingListener implements RateLimiterListener {

    private static final String NONE = "none";
    private static final double NANOS = 1e9;

    private final MeterProvider<Counter> acquisitions;
    private final MeterProvider<Timer> wait;
    private final MeterProvider<Counter> refunds;
    private final MeterProvider<Counter> storeFailures;
    private final MeterProvider<Counter> storeOutages;
    private final MeterProvider<Counter> unexplainedRefusals;
    private final MeterProvider<Timer> calls;
    private final MeterProvider<Counter> leasesLost;
    private final MeterRegistry registry;
    /** Held here: a gauge holds what it watches weakly. */
    private final Map<String, AtomicReference<Duration>> margins = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    /** Records in this registry. */
    public MeterRecordingListener(MeterRegistry registry) {
        this.acquisitions = counter(ReverseRateLimiterMeters.ACQUISITIONS, registry);
        this.wait = timer(ReverseRateLimiterMeters.WAIT, registry);
        this.calls = timer(ReverseRateLimiterMeters.CALLS, registry);
        this.leasesLost = counter(ReverseRateLimiterMeters.LEASES_LOST, registry);
        this.refunds = counter(ReverseRateLimiterMeters.REFUNDS, registry);
        this.storeFailures = counter(ReverseRateLimiterMeters.STORE_FAILURES, registry);
        this.storeOutages = counter(ReverseRateLimiterMeters.STORE_OUTAGES, registry);
        this.unexplainedRefusals = counter(ReverseRateLimiterMeters.UNEXPLAINED_REFUSALS, registry);
        this.registry = registry;
    }

    private static MeterProvider<Counter> counter(ReverseRateLimiterMeters meter, MeterRegistry registry) {
        return Counter.builder(meter.meter()).description(meter.description()).withRegistry(registry);
    }

    private static MeterProvider<Timer> timer(ReverseRateLimiterMeters meter, MeterRegistry registry) {
        return Timer.builder(meter.meter()).description(meter.description()).withRegistry(registry);
    }

    @Override
    public void granted(CreditRequest request, Granted granted) {
        count(request, "granted", NONE, granted.basis().toString());
        wait.withTags(ReverseRateLimiterMeters.LIMITER, limiter(request.key())).record(granted.waited());
        if (request.flow().countsCallsInFlight() && granted.basis() instanceof Basis.Store) {
            callsInFlight(request).incrementAndGet();
        }
    }

    @Override
    public void denied(CreditRequest request, Denied denied) {
        count(request, "denied", denied.reason().toString(), NONE);
    }

    @Override
    public void abandoned(CreditRequest request, Throwable failure) {
        count(request, "error", reason(failure), NONE);
        if (failure instanceof CreditStoreMisconfiguredException refused) {
            countStoreFailure(request, refused, NONE);
        }
    }

    @Override
    public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
        countStoreFailure(request, cause, policy.toString());
    }

    private void countStoreFailure(CreditRequest request, CreditStoreException cause, String policy) {
        storeFailures
                .withTags(
                        ReverseRateLimiterMeters.LIMITER,
                        limiter(request.key()),
                        ReverseRateLimiterMeters.REASON,
                        cause.reason().toString(),
                        ReverseRateLimiterMeters.POLICY,
                        policy)
                .increment();
    }

    @Override
    public void storeWentAway(CreditStoreException cause) {
        storeOutages.withTags().increment();
    }

    @Override
    public void refunded(CreditKey key, int credits) {
        refunds.withTags(ReverseRateLimiterMeters.LIMITER, limiter(key)).increment(credits);
    }

    @Override
    public void marginLearnt(String limiter, Duration margin) {
        margins.computeIfAbsent(limiter, this::gauge).set(margin);
    }

    private AtomicReference<Duration> gauge(String limiter) {
        AtomicReference<Duration> margin = new AtomicReference<>(Duration.ZERO);
        Gauge.builder(
                        ReverseRateLimiterMeters.MARGIN.meter(),
                        margin,
                        now -> now.get().toNanos() / NANOS)
                .description(ReverseRateLimiterMeters.MARGIN.description())
                .baseUnit("seconds")
                .tag(ReverseRateLimiterMeters.LIMITER, limiter)
                .register(registry);
        return margin;
    }

    @Override
    public void callEnded(CreditRequest request, Duration took, CallEnd end) {
        over(request, took, end.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void callGivenUp(CreditRequest request, Duration took) {
        over(request, took, "given-up");
    }

    private void over(CreditRequest request, Duration took, String end) {
        callsInFlight(request).decrementAndGet();
        calls.withTags(ReverseRateLimiterMeters.LIMITER, limiter(request.key()), ReverseRateLimiterMeters.END, end)
                .record(took);
    }

    private AtomicInteger callsInFlight(CreditRequest request) {
        return inFlight.computeIfAbsent(limiter(request.key()), limiter -> {
            AtomicInteger calls = new AtomicInteger();
            Gauge.builder(ReverseRateLimiterMeters.CALLS_IN_FLIGHT.meter(), calls, AtomicInteger::get)
                    .description(ReverseRateLimiterMeters.CALLS_IN_FLIGHT.description())
                    .tag(ReverseRateLimiterMeters.LIMITER, limiter)
                    .register(registry);
            return calls;
        });
    }

    @Override
    public void leaseLost(String limiter) {
        leasesLost.withTags(ReverseRateLimiterMeters.LIMITER, limiter(limiter)).increment();
    }

    @Override
    public void refusedDespiteMargin(String limiter, Duration margin) {
        unexplainedRefusals.withTags(ReverseRateLimiterMeters.LIMITER, limiter).increment();
    }

    private void count(CreditRequest request, String outcome, String reason, String basis) {
        acquisitions
                .withTags(
                        ReverseRateLimiterMeters.LIMITER,
                        limiter(request.key()),
                        ReverseRateLimiterMeters.OUTCOME,
                        outcome,
                        ReverseRateLimiterMeters.REASON,
                        reason,
                        ReverseRateLimiterMeters.BASIS,
                        basis)
                .increment();
    }

    private static String limiter(CreditKey key) {
        return limiter(key.limiter());
    }

    private static String limiter(String name) {
        return name.isEmpty() ? NONE : name;
    }

    private static String reason(Throwable failure) {
        if (failure instanceof AcquireInterruptedException) {
            return "interrupted";
        }
        if (failure instanceof CancellationException) {
            return "cancelled";
        }
        return failure instanceof CreditStoreMisconfiguredException ? "store-misconfigured" : "other";
    }
}
