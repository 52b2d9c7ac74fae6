package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When this instance's share last granted credits of a key though the store counted as there: a trip had failed, and one
 * failure is no outage, so no return will be told. Empty, and then free, unless that has happened lately.
 */
final class GrantedAlone {

    private static final long BETWEEN_CLEANINGS = Duration.ofMinutes(1).toNanos();

    /**
     * The last grant of a key.
     *
     * @param matters for how long after it somebody may ask for it
     */
    private record Grant(long nanos, long matters) {

        /** The later of both, for as long as either matters: callers of one key may state other limits. */
        private static Grant last(Grant one, Grant other) {
            long later = one.nanos - other.nanos >= 0 ? one.nanos : other.nanos;
            return new Grant(later, Math.max(one.matters, other.matters));
        }
    }

    private final ConcurrentHashMap<CreditKey, Grant> grants = new ConcurrentHashMap<>();
    private final AtomicLong cleanedNanos;

    GrantedAlone(long nowNanos) {
        this.cleanedNanos = new AtomicLong(nowNanos);
    }

    /** Credits of a key were granted, which matters for so long. */
    void note(CreditKey key, long nowNanos, long mattersNanos) {
        grants.merge(key, new Grant(nowNanos, mattersNanos), Grant::last);
    }

    boolean isEmpty() {
        return grants.isEmpty();
    }

    /** Whether credits of this key were granted no longer ago than that. */
    boolean within(long nanos, CreditKey key, long nowNanos) {
        Grant grant = grants.isEmpty() ? null : grants.get(key);
        return grant != null && nowNanos - grant.nanos < nanos;
    }

    /** Forgets what does not matter any more, once a minute: keys that nobody names again too. */
    void clean(long nowNanos) {
        long cleaned = cleanedNanos.get();
        if (!grants.isEmpty()
                && nowNanos - cleaned >= BETWEEN_CLEANINGS
                && cleanedNanos.compareAndSet(cleaned, nowNanos)) {
            grants.values().removeIf(grant -> nowNanos - grant.nanos >= grant.matters);
        }
    }

    int size() {
        return grants.size();
    }
}
