package io.github.reverseratelimiter.memory;

/** What is known of one key, as {@code credits.lua} has it: its windows, one order of grants, and its calls in flight. */
final class Ledger {

    Identities identities = new Identities();
    Windows windows = Windows.NONE;
    Flights flights = new Flights();
    long total;
    /** When something was written last. */
    long last;

    long notBefore;
    long held;
    /** Time of the newest credit. */
    long newest;

    private long adjusted;
    private long expires;

    /** Logical time: it does not go back with the clock. */
    long logical(long time) {
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
        flights = new Flights();
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
        return expires - adjusted;
    }

    boolean isOver(long time) {
        return time + adjusted >= expires;
    }

    /** This is needed until then. A state outlives its need a little: a caller with a wider margin still finds it. */
    void keep(long until, long now) {
        expires = Math.max(expires, until + slack(until - now));
    }

    private static long slack(long need) {
        return Math.max(1_000_000, need / 8);
    }

    /** Drops the newest credits that were granted for exactly that time; answers how many. */
    int drop(int credits, long at) {
        Found found = windows.find(at, credits);
        long credit = Math.min(found.newest(), total);
        int n = (int) Math.min(found.credits(), credit);
        if (n > 0) {
            windows.drop(credit, n, total);
            newest = windows.newest();
            windows.limitTo(newest > 0 ? newest : last);
            total -= n;
            flights.unpace(at, newest);
        }
        return n;
    }

    /** Holds the key; answers by how much it has been held in all. */
    long hold(long duration, long now) {
        long added = now + duration - Math.max(now, notBefore);
        if (added > 0) {
            held += added;
            notBefore = now + duration;
            windows.hold(now, added);
            identities.hold(now, added);
            flights.hold(now, added);
            newest += newest > now ? added : 0;
            last = now;
            expires = Math.max(notBefore + slack(duration), expires + added);
        }
        return held;
    }
}
