package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.RateLimit;
import java.util.Arrays;

/**
 * The times of the newest credits of a key, for one window: slot {@code s} (from 1) holds the latest time of the
 * credits {@code (s-1)q+1 .. sq}. It grows as long as a slot that is still inside the window would be overwritten, up to
 * {@code most} slots.
 */
final class Ring {

    private static final int MAX_SLOTS = 4089;
    private static final int FIRST_SLOTS = 8;

    final long span;
    final int q;
    /** Credits granted before this window was watched; the later ones span it, {@code most} at a time. */
    long since;
    /** Credits granted before, whose times were forgotten then: no later one minds them. */
    private long forgotten;

    int limit;
    long seen;
    private int most;
    private long[] times;
    /** Newest slot in use. */
    private long top;
    /** The first slot whose time is known; those before it hold an upper bound, or nothing. */
    private long known = 1;
    /** The slot that was the first inside the window when somebody last looked. */
    private long hint = 1;

    private Ring(long span, int limit, int q, int most, long since, long seen, long top, long[] times) {
        this.span = span;
        this.limit = limit;
        this.q = q;
        this.most = most;
        this.since = since;
        this.seen = seen;
        this.top = top;
        this.times = times;
    }

    /** A ring for a window that was not watched before, from the best history that there is. */
    static Ring watch(long span, int limit, long since, long total, long now, Ring best) {
        return from(best, span, limit, 1, 0, since, total, now);
    }

    /** A ring for the first window of a key. */
    static Ring first(long span, int limit, long since, long total, long now) {
        int q = q(limit, 1);
        int most = most(limit, q, 0);
        return new Ring(span, limit, q, most, since, now, slots(total, q), new long[Math.min(most, FIRST_SLOTS)]);
    }

    /** This ring where it is large enough for the limit, else one that is, with the same history. */
    Ring fit(int other, long total, long now) {
        int otherQ = q(other, q);
        if (otherQ == q && most(other, q, most) == most) {
            return this;
        }
        Ring ring = from(this, span, other, q, otherQ == q ? most : 0, since, total, now);
        ring.limit = limit;
        ring.seen = seen;
        ring.forgotten = forgotten;
        return ring;
    }

    /** Whether a caller names this window, with the limit that was stated last. */
    boolean isNamedBy(RateLimit other) {
        return other.limit() == limit && other.windowMicros() == span;
    }

    private static Ring from(
            Ring source, long span, int limit, int leastQ, int leastMost, long since, long total, long now) {
        int q = q(limit, leastQ);
        int most = most(limit, q, leastMost);
        long top = slots(total, q);
        long[] history = new long[most];
        int n = 0;
        boolean all = true;
        for (long s = top; s >= 1 && n < most; s--) {
            long time = source.timeOf(Math.min(s * q, total));
            if (time <= now - 2 * span) {
                // A shorter window has forgotten what may still be inside this one.
                all = time > 0 || source.span >= span;
                break;
            }
            history[n++] = time;
        }
        int slots = Math.min(most, FIRST_SLOTS);
        while (slots < most && slots < n + 2) {
            slots = Math.min(slots * 2, most);
        }
        Ring ring = new Ring(span, limit, q, most, since, now, top, new long[slots]);
        for (int i = 0; i < n; i++) {
            ring.times[ring.position(top - i)] = history[i];
        }
        ring.forgotten = all ? 0 : total;
        ring.known = source.q == q ? Math.max(source.firstKnown(), top - n + 1) : top + 1;
        return ring;
    }

    private static int q(int limit, int least) {
        return Math.max(
                least, (limit + MAX_SLOTS - 1L) / MAX_SLOTS > 1 ? (int) ((limit + MAX_SLOTS - 1L) / MAX_SLOTS) : 1);
    }

    private static int most(int limit, int q, int least) {
        return Math.max(least, q == 1 ? limit : (int) slots(limit, q) + 1);
    }

    private static long slots(long credits, int q) {
        return (credits + q - 1) / q;
    }

    private int position(long slot) {
        return (int) ((slot - 1) % times.length);
    }

    /** The latest time in a slot; 0 where it is known to have left the window. */
    private long time(long slot) {
        return slot <= 0 || slot <= top - times.length ? 0 : times[position(slot)];
    }

    private long oldest() {
        return Math.max(1, top - times.length + 1);
    }

    /** An upper bound of the time of a credit; exact where the ring still holds it and {@code q} is 1. */
    long timeOf(long credit) {
        long slot = slots(credit, q);
        return slot > top - times.length ? time(slot) : lost(credit);
    }

    /** A credit that is not in the ring any more is at most as young as the oldest known one, and as {@code most} credits span a window. */
    private long lost(long credit) {
        if (credit <= 0 || times.length < most) {
            return 0;
        }
        long time = time(oldest());
        if (q == 1 && credit > forgotten && credit + most > since) {
            long steps = (oldest() - credit + most - 1) / most;
            time = Math.min(time, time(credit + steps * most) - steps * span);
        }
        return Math.max(time, 0);
    }

    /** Number of credits before the first slot whose time is later than {@code cut}. */
    long creditsUpTo(long cut) {
        long low = oldest();
        long slot = Math.max(low, Math.min(hint, top + 1));
        if (slot > low && time(slot - 1) > cut) {
            slot = firstAfter(cut, low, slot - 1);
        } else {
            for (int i = 0; i < 8 && slot <= top && time(slot) <= cut; i++) {
                slot++;
            }
            if (slot <= top && time(slot) <= cut) {
                slot = firstAfter(cut, slot + 1, top + 1);
            }
        }
        hint = slot;
        return left();
    }

    /** What {@link #creditsUpTo} has found last: so many credits had left the window. */
    long left() {
        return (hint - 1) * q;
    }

    private long firstAfter(long cut, long from, long to) {
        long a = from;
        long b = to;
        while (a < b) {
            long middle = (a + b) >>> 1;
            if (time(middle) > cut) {
                b = middle;
            } else {
                a = middle + 1;
            }
        }
        return a;
    }

    /** Writes {@code n} credits after {@code total}, all granted for {@code at}. */
    void add(long total, int n, long at, long now) {
        long first = total / q + 1;
        long newTop = slots(total + n, q);
        grow(first, newTop, now);
        top = newTop;
        for (long slot = Math.max(first, newTop - times.length + 1); slot <= newTop; slot++) {
            times[position(slot)] = at;
        }
    }

    /**
     * The newest {@code n} credits get an earlier time, and their place by it. Where several share a slot they keep what they have: the
     * latest time of each.
     */
    void moveBefore(int n, long at) {
        long end = top - n;
        long slot = firstAfter(at, oldest(), end + 1);
        if (q > 1 || slot > end) {
            return;
        }
        for (long s = end; s >= slot; s--) {
            times[position(s + n)] = time(s);
        }
        for (long s = slot; s < slot + n; s++) {
            times[position(s)] = at;
        }
        since += slot <= since ? n : 0;
        forgotten += slot <= forgotten ? n : 0;
        known += slot < known ? n : 0;
    }

    private void grow(long first, long newTop, long now) {
        int length = times.length;
        while (length < most
                && (newTop - first + 1 > length
                        || (newTop > length
                                && newTop - length > top - times.length
                                && time(newTop - length) > now - 2 * span))) {
            length = (int) Math.min(2L * length, most);
        }
        if (length == times.length) {
            return;
        }
        long[] larger = new long[length];
        for (long slot = oldest(); slot <= top; slot++) {
            larger[(int) ((slot - 1) % length)] = times[position(slot)];
        }
        known = firstKnown();
        times = larger;
    }

    private long firstKnown() {
        return Math.max(oldest(), known);
    }

    /** The credits that were granted for exactly this time, up to {@code n}. */
    Found find(long at, int n) {
        long newest = firstAfter(at, oldest(), top + 1) - 1;
        long slot = newest;
        while (slot >= oldest() && time(slot) == at && (newest - slot) * q < n) {
            slot--;
        }
        return new Found(newest * q, (int) Math.min(n, (newest - slot) * q), sure(newest, slot, n));
    }

    /** How far it is known that just the slots after {@code before}, up to {@code newest}, hold a time. */
    private Found.Sure sure(long newest, long before, int n) {
        if (q > 1) {
            return Found.Sure.AT_MOST;
        }
        long low = firstKnown();
        if (before >= low || low == 1 || (newest - before == n && before + 1 >= low)) {
            return Found.Sure.EXACTLY;
        }
        return newest >= low ? Found.Sure.AT_LEAST : Found.Sure.GUESSED;
    }

    /** Takes out credits {@code credit-n+1 .. credit}: the later ones move down, of {@code total} that there were. */
    void drop(long credit, int n, long total) {
        int m = (int) slots(n, q);
        long oldTop = top;
        long oldOldest = oldest();
        long newTop = slots(total - n, q);
        long[] before = times.clone();
        long newOldest = Math.max(1, newTop - times.length + 1);
        long firstMoved = slots(credit - n + 1, q);
        long[] after = new long[times.length];
        long latest = Long.MAX_VALUE;
        for (long slot = newTop; slot >= newOldest; slot--) {
            long from = slot >= firstMoved ? Math.min(slot + m, oldTop) : slot;
            latest = Math.min(latest, from >= oldOldest ? before[position(from)] : lost(from * q));
            after[position(slot)] = latest;
        }
        long bound = firstKnown();
        known = Math.max(bound - m, Math.min(bound, firstMoved));
        times = after;
        top = newTop;
        since -= dropped(since, credit, n);
        forgotten -= dropped(forgotten, credit, n);
    }

    /** How many of the first {@code some} credits are among credits {@code credit-n+1 .. credit}. */
    private static long dropped(long some, long credit, int n) {
        return Math.max(0, Math.min(some, credit) - (credit - n));
    }

    /** No time is later than this, whatever the ring believed. */
    void limitTo(long latest) {
        for (long slot = top; slot >= oldest() && time(slot) > latest; slot--) {
            times[position(slot)] = latest;
        }
    }

    /** Moves every time after {@code now} by {@code micros}. */
    void hold(long now, long micros) {
        for (long slot = top; slot >= oldest() && time(slot) > now; slot--) {
            times[position(slot)] += micros;
        }
        seen += seen > now ? micros : 0;
    }

    /** Whether somebody has named this window within two of its spans. */
    boolean matters(long now) {
        return seen + 2 * span > now;
    }

    long newest() {
        return time(top);
    }

    int slots() {
        return times.length;
    }

    @Override
    public String toString() {
        return limit + " per " + span + "us, " + top + " slots used of " + Arrays.toString(times);
    }
}
