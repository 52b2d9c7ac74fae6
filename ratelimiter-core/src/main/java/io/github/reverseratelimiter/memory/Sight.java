package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import java.util.ArrayList;
import java.util.List;

/** The windows of a key as one caller sees them: each with a limit, and what has left it by now. */
record Sight(List<View> views) {

    /** One of them. */
    private record View(Ring ring, int limit, boolean named, long width, long left) {}

    static Sight of(Windows watched, Call call, long margin, long now) {
        List<View> views = new ArrayList<>(watched.rings().size());
        for (Ring ring : watched.rings()) {
            int limit = Windows.limit(call, ring);
            long width = ring.span + margin;
            views.add(new View(ring, limit == 0 ? ring.limit : limit, limit > 0, width, ring.creditsUpTo(now - width)));
        }
        return new Sight(views);
    }

    /**
     * When {@code credits} more may go.
     *
     * @param before not before that; and whether that is only the least it can be
     * @param total so many were granted
     * @param open so many of calls in flight count beside them, whose times are not known yet
     * @param ahead so many are queued for
     * @param closer so much less than these may their margins be
     */
    Earliest earliest(Earliest before, long now, long total, long open, long ahead, int credits, long closer) {
        long latest = before.at();
        boolean unknown = before.unknown();
        for (View view : views) {
            long credit = total + open + ahead + credits - view.limit;
            if (credits > view.limit) {
                latest = Math.max(latest, view.ring.seen + 2 * view.ring.span);
            } else if (credit > total) {
                unknown = true;
                latest = Math.max(latest, least(view, now, total, open, ahead + credits, view.width - closer));
            } else if (credit > view.left) {
                latest = Math.max(latest, view.ring.timeOf(credit) + view.width);
            }
        }
        return new Earliest(latest, unknown);
    }

    /** As many as the limit need a window, back to one that is in flight, and ends now at the earliest, or to one of the ring. */
    private static long least(View view, long now, long total, long open, long behind, long each) {
        long turns = (behind + view.limit - 1) / view.limit;
        long credit = total + open + behind - turns * view.limit;
        if (credit > total) {
            return now + view.width + (turns - 1) * each;
        }
        long least = turns > 1 ? now + view.width + (turns - 2) * each : now;
        return credit > view.left ? Math.max(least, view.ring.timeOf(credit) + view.width + (turns - 1) * each) : least;
    }

    /** Whether this caller names a smaller limit than so many. */
    boolean isTooNarrowFor(int credits) {
        return views.stream().anyMatch(view -> view.named && credits > view.limit);
    }

    /** What is left of the tightest window, if so many were granted or are in flight. */
    long remaining(long used) {
        long least = Integer.MAX_VALUE;
        for (View view : views) {
            least = Math.min(least, view.limit - Math.max(0, used - view.left));
        }
        return least;
    }

    /** Writes down credits after {@code total}; answers until when they matter. */
    long add(long total, int credits, long at, long now) {
        long until = at;
        for (View view : views) {
            view.ring.add(total, credits, at, now);
            if (credits > view.limit) {
                view.ring.since = total + credits;
            }
            if (view.named) {
                view.ring.seen = at;
            }
            until = Math.max(until, at + view.width);
        }
        state(at);
        return until;
    }

    /** The newest credits, so many, were granted for {@code at}: those that are later stay so, behind them. */
    void moveBefore(int credits, long at) {
        views.forEach(view -> view.ring.moveBefore(credits, at));
    }

    /** What is granted states the limits. */
    void state(long at) {
        for (View view : views) {
            if (view.named) {
                view.ring.limit = view.limit;
                view.ring.seen = Math.max(view.ring.seen, at);
            }
        }
    }

    long widest() {
        return views.stream().mapToLong(View::width).max().orElse(0);
    }
}
