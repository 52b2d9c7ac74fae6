package io.github.reverseratelimiter;

import java.util.List;
import java.util.Optional;

/**
 * Tells limits that live elsewhere: in a database, at a plan service. It is asked for keys of named limiters only, before
 * credits are asked for, in the thread of the caller, and what it says is kept for a while (10 s unless another time is
 * configured): it may block, for as long as that caller may.
 *
 * <p>What it says goes before the limits that are configured for the key or for the limiter; margin and waiting remain as
 * configured. Where it throws, or its limits contradict each other, what it said last applies (if that is kept at
 * all, see {@link ReverseRateLimiterBuilder#limitsCache}), or else the configured limits; that is logged once a minute. It may make calls that are limited themselves: in its own thread, those go by
 * what is known already, or else by the configured limits.
 */
@FunctionalInterface
public interface LimitResolver {

    /** All limits of this key, of different windows; empty if the configured ones apply. */
    Optional<List<RateLimit>> limits(CreditKey key);
}
