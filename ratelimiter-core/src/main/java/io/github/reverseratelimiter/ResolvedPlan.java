package io.github.reverseratelimiter;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a resolver said about one key. One caller at a time asks it; the others go on with what it said before, and wait only
 * where it has not said anything yet.
 */
final class ResolvedPlan {

    /**
     * What the resolver said, and the plan that comes of it.
     *
     * @param limits of the key, as they are kept; empty if the configured ones apply
     * @param configured what they were joined with
     * @param plan what came of it
     * @param untilNanos when to ask again
     */
    private record Answer(Optional<List<RateLimit>> limits, Plan configured, Plan plan, long untilNanos) {

        static Answer of(Optional<List<RateLimit>> limits, Plan configured, long untilNanos) {
            Optional<Plan> own = limits.map(configured::limits);
            return new Answer(own.map(Plan::limits), configured, own.orElse(configured), untilNanos);
        }
    }

    /**
     * Set while this thread is asking any resolver. Calls that the resolver makes go by what is known: they would ask it for
     * ever, or wait for a thread that waits for this one.
     */
    private static final ThreadLocal<Boolean> WITHIN = new ThreadLocal<>();

    private final ResolvedPlans plans;
    private final CreditKey key;
    /** Held while the resolver is asked; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable Answer answer;

    ResolvedPlan(ResolvedPlans plans, CreditKey key) {
        this.plans = plans;
        this.key = key;
    }

    /** The configured plan, with the limits that the resolver told, if it told any. */
    Plan plan(Plan configured) {
        Answer known = answer;
        if (known == null || isOver(known, plans.nanoTime())) {
            if (WITHIN.get() == null) {
                known = asked(known, configured);
            } else if (known == null) {
                return configured;
            }
        }
        if (!known.configured().equals(configured)) {
            known = Answer.of(known.limits(), configured, known.untilNanos());
            answer = known;
        }
        return known.plan();
    }

    private Answer asked(@Nullable Answer before, Plan configured) {
        if (before == null) {
            asking.lock();
        } else if (!asking.tryLock()) {
            return before;
        }
        try {
            Answer meanwhile = answer;
            if (meanwhile != null && !isOver(meanwhile, plans.nanoTime())) {
                return meanwhile;
            }
            Answer now = ask(before, configured);
            answer = now;
            return now;
        } finally {
            asking.unlock();
        }
    }

    private Answer ask(@Nullable Answer before, Plan configured) {
        WITHIN.set(true);
        try {
            Optional<List<RateLimit>> limits = plans.resolver().limits(key);
            if (limits == null) {
                throw new IllegalStateException(
                        "it returned null: return Optional.empty() where the configured limits apply");
            }
            return Answer.of(limits, configured, plans.nanoTime() + plans.keptNanos());
        } catch (Exception e) { // checked ones too: Kotlin does not declare them
            plans.warn(e);
            return Answer.of(
                    before == null ? Optional.empty() : before.limits(),
                    configured,
                    plans.nanoTime() + plans.keptNanos());
        } finally {
            WITHIN.remove();
        }
    }

    /** Whether the resolver would be asked again. */
    boolean isOver(long nowNanos) {
        Answer known = answer;
        return known != null && isOver(known, nowNanos);
    }

    private static boolean isOver(Answer known, long nowNanos) {
        return nowNanos - known.untilNanos() >= 0;
    }
}
