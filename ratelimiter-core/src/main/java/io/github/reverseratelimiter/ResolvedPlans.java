package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** What a resolver said about the keys of one limiter, each kept for a while, and not more of them than fit. */
final class ResolvedPlans {

    /** Most keys that are kept; beyond that, those go first whose time is up. */
    static final int MOST_KEYS = 10_000;

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final int KEPT_WHEN_FULL = MOST_KEYS * 9 / 10;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final String limiter;
    private final LimitResolver resolver;
    private final long keptNanos;
    private final TimeSource time;
    private final ConcurrentHashMap<String, ResolvedPlan> plans = new ConcurrentHashMap<>();
    private final ReentrantLock forgetting = new ReentrantLock();
    private final AtomicLong nextWarning;

    ResolvedPlans(String limiter, LimitResolver resolver, Duration kept, TimeSource time) {
        this.limiter = limiter;
        this.resolver = resolver;
        this.keptNanos = Durations.nanos(kept);
        this.time = time;
        this.nextWarning = new AtomicLong(time.nanoTime());
    }

    /** The plan of this key: the configured one, with the limits that the resolver told, if it told any. */
    Plan plan(String key, Plan configured) {
        if (keptNanos == 0) {
            return new ResolvedPlan(this, new CreditKey(limiter, key)).plan(configured);
        }
        ResolvedPlan known = plans.get(key);
        return (known == null ? added(new CreditKey(limiter, key)) : known).plan(configured);
    }

    private ResolvedPlan added(CreditKey key) {
        ResolvedPlan added = plans.computeIfAbsent(key.value(), any -> new ResolvedPlan(this, key));
        if (plans.size() > MOST_KEYS && forgetting.tryLock()) {
            try {
                long now = time.nanoTime();
                plans.values().removeIf(plan -> plan.isOver(now));
                Iterator<ResolvedPlan> any = plans.values().iterator();
                while (plans.size() > KEPT_WHEN_FULL && any.hasNext()) {
                    any.next();
                    any.remove();
                }
            } finally {
                forgetting.unlock();
            }
        }
        return added;
    }

    LimitResolver resolver() {
        return resolver;
    }

    long nanoTime() {
        return time.nanoTime();
    }

    long keptNanos() {
        return keptNanos;
    }

    int size() {
        return plans.size();
    }

    /** Once a minute as a warning. */
    void warn(Exception failure) {
        long now = time.nanoTime();
        long next = nextWarning.get();
        boolean due = now - next >= 0 && nextWarning.compareAndSet(next, now + MINUTE);
        LOG.log(
                due ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                "Limiter '" + limiter + "': " + resolver.getClass().getName()
                        + " did not tell the limits of a key; what it told before applies, or else what is configured",
                failure);
    }
}
