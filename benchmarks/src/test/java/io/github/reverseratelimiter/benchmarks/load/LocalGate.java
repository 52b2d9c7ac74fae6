package io.github.reverseratelimiter.benchmarks.load;

import com.google.common.util.concurrent.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A limiter of this JVM alone, for scale: it is told all of the limit, and shares it with nobody. */
final class LocalGate implements Gate {

    private final BooleanSupplier[] limiters;

    private LocalGate(Site site, Function<String, BooleanSupplier> maker) {
        this.limiters = Arrays.stream(site.names("account-")).map(maker).toArray(BooleanSupplier[]::new);
    }

    static Gate resilience4j(Site site) {
        Site local = site.local();
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(local.limit().limit())
                .limitRefreshPeriod(local.limit().window())
                .timeoutDuration(Duration.ZERO)
                .build();
        return new LocalGate(local, name -> {
            var limiter = io.github.resilience4j.ratelimiter.RateLimiter.of(name, config);
            return limiter::acquirePermission;
        });
    }

    static Gate guava(Site site) {
        Site local = site.local();
        double perSecond = local.limit().limit() * 1e9 / local.limit().window().toNanos();
        return new LocalGate(local, name -> {
            RateLimiter limiter = RateLimiter.create(perSecond);
            return limiter::tryAcquire;
        });
    }

    @Override
    public boolean pass(int account) {
        return limiters[account].getAsBoolean();
    }

    @Override
    public void close() {
        // holds nothing
    }
}
