package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of one key, as {@code credits.lua} has it: its windows, each a ring of times, and one order of grants. */
final class KeyState {

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier clock;
    private Identities identities = new Identities();
    private Windows windows = Windows.NONE;
    private long total;
    private long last;
    private long adjusted;
    private long notBefore;
    private long held;
    private long newest;
    private long expires;
    private boolean dead;

    /** A window as one caller sees it: its limit, and the credits that have left it. */
    private record View(Ring ring, int limit, boolean named, long width, long left) {}

    KeyState(LongSupplier clock) {
        this.clock = clock;
    }

    /** Decides, or answers nothing if this state was thrown away meanwhile. */
    @Nullable
    Reply take(Call call) {
        return locked(now -> decide(call, now));
    }

    /** What follows is for who holds the lock, of several states perhaps. */
    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    boolean isDead() {
        lock.lock();
        try {
            return dead;
        } finally {
            lock.unlock();
        }
    }

    /** The clock of all states. */
    long time() {
        return clock.getAsLong();
    }

    /** Whether this request was granted before. */
    boolean knows(Request request) {
        return identities.timeOf(request.id()).isPresent();
    }

    /** What {@link #take(Call, long)} would answer to the only request, for no later time than now. */
    Reply look(Call call, long time) {
        long now = logical(time);
        Windows watched = windows.watchedBy(call, total, now);
        Request request = call.requests().get(0);
        return new Reply(
                now,
                held,
                windows.differFrom(call, now),
                List.of(look(views(watched, call, margin(call), now), request, now)));
    }

    private Decision look(List<View> views, Request request, long now) {
        long at = identities.timeOf(request.id()).orElseGet(() -> earliest(views, request.credits(), now));
        int remaining = remaining(views);
        long next = earliest(views, 1, now);
        if (at <= now) {
            return new Decision.Taken(at, remaining, next);
        }
        return notBefore > now ? new Decision.Paused(at, remaining, next) : new Decision.Refused(at, remaining, next);
    }

    Reply take(Call call, long time) {
        return decide(call, logical(time));
    }

    @Nullable
    Integer refund(int credits, long at) {
        return locked(now -> drop(credits, at));
    }

    @Nullable
    Long pause(Duration duration) {
        return locked(now -> hold(duration.toNanos() / 1_000, now));
    }

    private <T> @Nullable T locked(LongFunction<T> operation) {
        lock.lock();
        try {
            if (dead) {
                return null;
            }
            // Read in here: a time that waited for the lock would look like a clock that stepped back.
            return operation.apply(logical(clock.getAsLong()));
        } finally {
            lock.unlock();
        }
    }

    private long logical(long time) {
        if (time + adjusted < last) {
            adjusted = last - time;
        }
        if (time + adjusted >= expires && expires > 0) {
            beginAnew();
        }
        return time + adjusted;
    }

    private void beginAnew() {
        identities = new Identities();
        windows = Windows.NONE;
        total = 0;
        last = 0;
        adjusted = 0;
        notBefore = 0;
        held = 0;
        newest = 0;
        expires = 0;
    }

    /** Until when this is needed, on the store's clock. */
    long neededUntil() {
        lock.lock();
        try {
            return expires - adjusted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing in here matters any more; then it answers nobody from now on. */
    boolean expire(long time) {
        lock.lock();
        try {
            dead = dead || time + adjusted >= expires;
            return dead;
        } finally {
            lock.unlock();
        }
    }

    private Reply decide(Call call, long now) {
        long margin = margin(call);
        boolean others = windows.differFrom(call, now);
        Windows watched = windows.watchedBy(call, total, now);
        List<Decision> decisions = new ArrayList<>(call.requests().size());
        for (Request request : call.requests()) {
            decisions.add(decide(watched, call, request, margin, now));
        }
        return new Reply(now, held, others, decisions);
    }

    private static long margin(Call call) {
        return (call.margin().toNanos() + 999) / 1_000;
    }

    private Decision decide(Windows watched, Call call, Request request, long margin, long now) {
        List<View> views = views(watched, call, margin, now);
        OptionalLong known = identities.timeOf(request.id());
        if (known.isPresent()) {
            return new Decision.Taken(known.getAsLong(), remaining(views), earliest(views, 1, now));
        }
        long at = earliest(views, request.credits(), now);
        if (at - now > request.maxWait()) {
            return notBefore > now
                    ? new Decision.Paused(at, remaining(views), earliest(views, 1, now))
                    : new Decision.Refused(at, remaining(views), earliest(views, 1, now));
        }
        windows = watched;
        add(views, request, at, now);
        List<View> after = views(watched, call, margin, now);
        return new Decision.Taken(at, remaining(after), earliest(after, 1, now));
    }

    private static List<View> views(Windows watched, Call call, long margin, long now) {
        List<View> views = new ArrayList<>(watched.rings().size());
        for (Ring ring : watched.rings()) {
            int limit = Windows.limit(call, ring);
            long width = ring.span + margin;
            views.add(new View(ring, limit == 0 ? ring.limit : limit, limit > 0, width, ring.creditsUpTo(now - width)));
        }
        return views;
    }

    private void add(List<View> views, Request request, long at, long now) {
        for (View view : views) {
            view.ring.add(total, request.credits(), at, now);
            if (view.named) {
                view.ring.limit = view.limit;
                view.ring.seen = at;
            }
            if (request.credits() > view.limit) {
                view.ring.since = total + request.credits();
            }
            expires = Math.max(expires, at + view.width + slack(at + view.width - now));
        }
        total += request.credits();
        newest = at;
        last = now;
        identities.remember(request.id(), at);
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
        Found found = windows.find(at, credits);
        long credit = Math.min(found.newest(), total);
        int n = (int) Math.min(found.credits(), credit);
        if (n > 0) {
            windows.drop(credit, n, total);
            newest = windows.newest();
            windows.limitTo(newest > 0 ? newest : last);
            total -= n;
        }
        return n;
    }

    private long hold(long duration, long now) {
        long added = now + duration - Math.max(now, notBefore);
        if (added > 0) {
            held += added;
            notBefore = now + duration;
            windows.hold(now, added);
            identities.hold(now, added);
            newest += newest > now ? added : 0;
            last = now;
            expires = Math.max(notBefore + slack(duration), expires + added);
        }
        return held;
    }
}
