package io.github.reverseratelimiter.model;

import java.util.Arrays;

/**
 * A window of the key as the model knows it, and what a store may at most believe of it: the times of the newest
 * {@code capacity} credits, where a time that fell out and is needed again is at most the oldest known one, and at most
 * the one {@code capacity} credits later less the window (docs/design.md, Giving back).
 */
final class Watched {

    static final int MAX_SLOTS = 4_089;

    final long span;
    /** The limit last stated by who was granted. */
    int limit;
    /** When somebody who names it was last granted. */
    long seen;
    /** Credits that share a time. */
    int q;
    /** Until then too little is known of what the store believes. */
    long fuzzyUntil;
    /** Number of credits granted since it was named first; of those before nothing is promised. */
    long since;

    /** This caller's view: its limit, and whether it names the window. */
    int own;

    boolean named;

    private int capacity;
    /** The largest limit that was stated: what a raised one asks for is known only roughly. */
    private int largest;
    /** The newest credits, oldest first, with all that exist if there are fewer. */
    private long[] times;

    Watched(long span, int limit) {
        this.span = span;
        this.limit = limit;
        this.own = limit;
        this.q = slotsFor(limit);
        this.capacity = q == 1 ? limit : 0;
        this.times = new long[0];
        this.largest = limit;
    }

    static int slotsFor(int limit) {
        return (int) ((limit + MAX_SLOTS - 1L) / MAX_SLOTS);
    }

    Watched copy() {
        Watched copy = new Watched(span, limit);
        copy.seen = seen;
        copy.q = q;
        copy.fuzzyUntil = fuzzyUntil;
        copy.since = since;
        copy.own = limit;
        copy.capacity = capacity;
        copy.largest = largest;
        copy.times = times;
        return copy;
    }

    /** How many credits of this time a store must know. */
    int at(long time) {
        return (int) Arrays.stream(times).filter(known -> known == time).count();
    }

    boolean exact() {
        return q == 1;
    }

    /** Somebody states this limit. */
    void state(int other, long total, long horizon) {
        own = other;
        named = true;
        int needed = Math.max(q, slotsFor(other));
        if (needed != q) {
            q = needed;
            capacity = 0;
            times = new long[0];
            fuzzyUntil = horizon + 2 * span;
        } else if (q == 1 && other > capacity) {
            if (total > times.length) {
                fuzzyUntil = horizon + 2 * span;
            }
            raise(other, total);
        } else if (q > 1 && other > largest) {
            fuzzyUntil = horizon + 2 * span;
        }
        largest = Math.max(largest, other);
    }

    private void raise(int larger, long total) {
        int n = (int) Math.min(larger, total);
        long[] more = new long[Math.max(n, times.length)];
        System.arraycopy(times, 0, more, more.length - times.length, times.length);
        for (int back = times.length + 1; back <= more.length; back++) {
            more[more.length - back] = lost(back - times.length);
        }
        times = more;
        capacity = larger;
    }

    /** The time of the credit {@code distance} before the oldest known one. */
    private long lost(int distance) {
        if (times.length < capacity || times.length == 0) {
            return 0;
        }
        long steps = (distance + capacity - 1L) / capacity;
        int index = (int) (steps * capacity - distance);
        return Math.max(0, Math.min(times[0], times[index] - steps * span));
    }

    /** What is believed of the {@code k}-th newest credit. */
    long time(long k) {
        return k <= times.length ? times[(int) (times.length - k)] : 0;
    }

    /** How many credits are believed to be later than this. */
    long after(long cut) {
        int n = 0;
        while (n < times.length && times[times.length - 1 - n] > cut) {
            n++;
        }
        return n;
    }

    void add(int n, long at) {
        since += n;
        if (q > 1) {
            return;
        }
        int kept = Math.min(times.length, Math.max(0, capacity - n));
        long[] next = new long[Math.min(capacity, kept + n)];
        System.arraycopy(times, times.length - kept, next, 0, kept);
        Arrays.fill(next, kept, next.length, at);
        times = next;
    }

    /** The newest {@code n} credits of this time go, of {@code total}. */
    void remove(int n, long at, long total) {
        since = Math.max(0, since - n);
        if (q > 1) {
            return;
        }
        int last = times.length;
        while (last > 0 && times[last - 1] != at) {
            last--;
        }
        int first = Math.max(0, last - n);
        int gone = last - first;
        int filled = (int) Math.max(0, Math.min(gone, total - times.length));
        long[] next = new long[times.length - gone + filled];
        for (int i = 0; i < filled; i++) {
            next[i] = lost(filled - i);
        }
        System.arraycopy(times, 0, next, filled, first);
        System.arraycopy(times, last, next, filled + first, times.length - last);
        times = next;
    }

    /** Once all that was not known for certain has left the window, the truth is known again. */
    void settle(long now, Grants grants) {
        if (fuzzyUntil == 0 || now < fuzzyUntil) {
            return;
        }
        fuzzyUntil = 0;
        long n = exact() ? Math.min(capacity, grants.total()) : 0;
        times = new long[(int) n];
        for (int k = 1; k <= n; k++) {
            times[times.length - k] = grants.time(k);
        }
    }

    void hold(long now, long micros) {
        times = times.clone();
        for (int i = 0; i < times.length; i++) {
            if (times[i] > now) {
                times[i] += micros;
            }
        }
        if (seen > now) {
            seen += micros;
        }
        if (fuzzyUntil > now) {
            fuzzyUntil += micros;
        }
    }
}
