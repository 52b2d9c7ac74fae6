package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.RateLimit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The windows of a key, each with its ring. All rings number the credits alike. */
record Windows(List<Ring> rings) {

    static final Windows NONE = new Windows(List.of());

    /**
     * What this caller names and what others have named: kept only if something is granted.
     *
     * @param numbered so many credits have a number, or will get one when their call ends: they did not obey a new window
     */
    Windows watchedBy(Call call, long numbered, long total, long now) {
        List<Ring> watched = new ArrayList<>(call.limits().size());
        for (Ring ring : rings) {
            int limit = limit(call, ring);
            if (limit > 0) {
                watched.add(ring.fit(limit, total, now));
            } else if (ring.matters(now)) {
                watched.add(ring);
            }
        }
        Ring best = best();
        for (RateLimit limit : call.limits()) {
            if (ring(limit.windowMicros()) == null) {
                watched.add(
                        best == null
                                ? Ring.first(limit.windowMicros(), limit.limit(), numbered, total, now)
                                : Ring.watch(limit.windowMicros(), limit.limit(), numbered, total, now, best));
            }
        }
        return new Windows(watched);
    }

    /** Whether others have named other windows or limits than this caller. */
    boolean differFrom(Call call, long now) {
        for (RateLimit limit : call.limits()) {
            Ring ring = ring(limit.windowMicros());
            if (ring == null ? !rings.isEmpty() : ring.limit != limit.limit() && ring.matters(now)) {
                return true;
            }
        }
        return rings.stream().anyMatch(ring -> limit(call, ring) == 0 && ring.matters(now));
    }

    private @Nullable Ring best() {
        Ring best = null;
        for (Ring ring : rings) {
            if (best == null || ring.q < best.q || (ring.q == best.q && ring.slots() > best.slots())) {
                best = ring;
            }
        }
        return best;
    }

    private @Nullable Ring ring(long span) {
        for (Ring ring : rings) {
            if (ring.span == span) {
                return ring;
            }
        }
        return null;
    }

    /** The limit that a caller names for a window; 0 if it does not name it. */
    static int limit(Call call, Ring ring) {
        for (RateLimit limit : call.limits()) {
            if (limit.windowMicros() == ring.span) {
                return limit.limit();
            }
        }
        return 0;
    }

    /** The credits that were granted for exactly this time, up to {@code n}: who knows it best, says so. */
    Found find(long at, int n) {
        Found found = Found.NOTHING;
        for (Ring ring : rings) {
            found = found.and(ring.find(at, n));
        }
        return found;
    }

    /** Takes out credits {@code credit-n+1 .. credit}, of {@code total} that there were. */
    void drop(long credit, int n, long total) {
        rings.forEach(ring -> ring.drop(credit, n, total));
    }

    /** No time is later than this, whatever a ring believed: otherwise they would not ascend after the next grant. */
    void limitTo(long latest) {
        rings.forEach(ring -> ring.limitTo(latest));
    }

    /** Each ring has an upper bound of the newest time, or 0: it is in the past. */
    long newest() {
        return rings.stream().mapToLong(Ring::newest).min().orElse(0);
    }

    /** Moves every time after {@code now} by {@code micros}. */
    void hold(long now, long micros) {
        rings.forEach(ring -> ring.hold(now, micros));
    }
}
