package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The state of one key, as {@code credits.lua} has it: its windows, each a ring of times, and one order of grants. */
final class KeyState {

    private static final int IDENTITIES = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final long[] identities = new long[IDENTITIES];
    private final long[] identityTimes = new long[IDENTITIES];
    private int identityAt;
    private List<Ring> rings = List.of();
    private long total;
    private long last;
    private long adjusted;
    private long notBefore;
    private long held;
    private long newest;
    private long expires;
    private boolean dead;

    /** A window as one caller sees it. */
    private record View(Ring ring, int limit, long width, long left) {}

    /** Decides, or answers nothing if this state was thrown away meanwhile. */
    @Nullable
    Reply take(Call call, long time) {
        lock.lock();
        try {
            return dead ? null : decide(call, logical(time));
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Integer refund(int credits, long at) {
        lock.lock();
        try {
            return dead ? null : drop(credits, at);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Long pause(Duration duration, long time) {
        lock.lock();
        try {
            return dead ? null : hold(duration.toNanos() / 1_000, logical(time));
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing in here matters any more; then it answers nobody from now on. */
    boolean expire(long time) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            dead = dead || time + adjusted >= expires;
            return dead;
        } finally {
            lock.unlock();
        }
    }

    private long logical(long time) {
        if (time + adjusted < last) {
            adjusted = last - time;
        }
        return time + adjusted;
    }

    private Reply decide(Call call, long now) {
        if (now >= expires) {
            rings = List.of();
            total = 0;
            newest = 0;
            held = 0;
            notBefore = 0;
        }
        long margin = (call.margin().toNanos() + 999) / 1_000;
        List<Ring> watched = watch(call, now);
        boolean others = disagrees(call, now) || watched.size() > call.limits().size();
        List<Decision> decisions = new ArrayList<>(call.requests().size());
        for (Request request : call.requests()) {
            decisions.add(decide(watched, call, request, margin, now));
        }
        return new Reply(now, held, others, decisions);
    }

    /** The rings for what this caller names and what others have named: kept only if something is granted. */
    private List<Ring> watch(Call call, long now) {
        List<Ring> watched = new ArrayList<>(call.limits().size());
        for (Ring ring : rings) {
            int limit = named(call, ring);
            if (limit > 0) {
                watched.add(ring.fit(limit, total, now));
            } else if (ring.seen + 2 * ring.span > now) {
                watched.add(ring);
            }
        }
        Ring best = best();
        for (RateLimit limit : call.limits()) {
            if (ring(limit.windowMicros()) == null) {
                watched.add(
                        best == null
                                ? Ring.first(limit.windowMicros(), limit.limit(), total, now)
                                : Ring.watch(limit.windowMicros(), limit.limit(), total, now, best));
            }
        }
        return watched;
    }

    private boolean disagrees(Call call, long now) {
        for (RateLimit limit : call.limits()) {
            Ring ring = ring(limit.windowMicros());
            if (ring == null ? !rings.isEmpty() : (ring.limit != limit.limit() && ring.seen + 2 * ring.span > now)) {
                return true;
            }
        }
        return false;
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

    private static int named(Call call, Ring ring) {
        for (RateLimit limit : call.limits()) {
            if (limit.windowMicros() == ring.span) {
                return limit.limit();
            }
        }
        return 0;
    }

    private Decision decide(List<Ring> watched, Call call, Request request, long margin, long now) {
        List<View> views = new ArrayList<>(watched.size());
        for (Ring ring : watched) {
            int limit = named(call, ring);
            long width = ring.span + margin;
            views.add(new View(ring, limit == 0 ? ring.limit : limit, width, ring.creditsUpTo(now - width)));
        }
        for (int i = 0; i < IDENTITIES; i++) {
            if (identities[i] == request.id()) {
                return new Decision.Taken(identityTimes[i], remaining(views), earliest(views, 1, now));
            }
        }
        long at = earliest(views, request.credits(), now);
        if (at - now > request.maxWait()) {
            return notBefore > now
                    ? new Decision.Paused(at, remaining(views), earliest(views, 1, now))
                    : new Decision.Refused(at, remaining(views), earliest(views, 1, now));
        }
        rings = watched;
        for (View view : views) {
            view.ring.add(total, request.credits(), at, now);
            if (named(call, view.ring) > 0) {
                view.ring.limit = view.limit;
                view.ring.seen = at;
            }
            if (request.credits() > view.limit) {
                view.ring.since = total + request.credits();
            }
        }
        total += request.credits();
        newest = at;
        last = now;
        identities[identityAt] = request.id();
        identityTimes[identityAt] = at;
        identityAt = (identityAt + 1) % IDENTITIES;
        for (View view : views) {
            expires = Math.max(expires, at + view.width + slack(at + view.width - now));
        }
        List<View> after = views.stream()
                .map(view -> new View(view.ring, view.limit, view.width, view.ring.creditsUpTo(now - view.width)))
                .toList();
        return new Decision.Taken(at, remaining(after), earliest(after, 1, now));
    }

    /** A state outlives its need a little: a caller with a wider margin still finds it. */
    private static long slack(long need) {
        return Math.max(1_000_000, need / 8);
    }

    private long earliest(List<View> views, int n, long now) {
        long at = Math.max(now, Math.max(newest, notBefore));
        for (View view : views) {
            long credit = total + n - view.limit;
            if (n > view.limit) {
                at = Math.max(at, view.ring.seen + 2 * view.ring.span);
            } else if (credit > view.left) {
                at = Math.max(at, view.ring.timeOf(credit) + view.width);
            }
        }
        return at;
    }

    private int remaining(List<View> views) {
        long least = Integer.MAX_VALUE;
        for (View view : views) {
            least = Math.min(least, view.limit - Math.max(0, total - view.left));
        }
        return (int) Math.max(0, least);
    }

    private int drop(int credits, long at) {
        long credit = 0;
        boolean exact = false;
        int n = 0;
        for (Ring ring : rings) {
            // The ring of another caller's smaller limit may hold less than all of them.
            long[] found = ring.find(at, credits);
            n = Math.max(n, (int) found[1]);
            if (found[1] > 0 && !exact) {
                credit = Math.min(found[0], total);
                exact = ring.q == 1;
            }
        }
        n = (int) Math.min(n, credit);
        if (n > 0) {
            newest = Long.MAX_VALUE;
            for (Ring ring : rings) {
                ring.drop(credit, n, total);
                // Each ring has an upper bound of it, or 0: it is in the past.
                newest = Math.min(newest, ring.newest());
            }
            total -= n;
        }
        return n;
    }

    private long hold(long duration, long now) {
        long added = now + duration - Math.max(now, notBefore);
        if (added > 0) {
            held += added;
            notBefore = now + duration;
            for (Ring ring : rings) {
                ring.hold(now, added);
            }
            if (newest > now) {
                newest += added;
            }
            for (int i = 0; i < IDENTITIES; i++) {
                identityTimes[i] += identityTimes[i] > now ? added : 0;
            }
            last = now;
            expires = Math.max(notBefore + slack(duration), expires + added);
        }
        return held;
    }
}
