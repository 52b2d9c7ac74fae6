package io.github.reverseratelimiter;

/** What credits that came too late have cost one caller so far, and what that leaves for a further trip. */
final class Lateness {

    /*
     * Who passes the time of its credits by more than the margin gives back and asks again; that is not an attempt. If it
     * goes on like that, the network may have become slower than the quickest trip we remember; then each reply would look
     * late. So after DOUBTFUL times the remembered trip is forgotten: the next one is believed, however long it was.
     * (Measured in virtual time: from 0.2 ms to 40 ms with a margin of 5 ms, eleven trips once, then one each.) A machine
     * that stands still more than it runs is told so after MOST_LATE; three in a row are an ordinary stall.
     *
     * All that must not take longer than the store may. So the trip is forgotten earlier where two more like the last one
     * would be too long; a further trip has the time that is left (see Patience); and who has spent the store's
     * time on such, and need not wait, has no answer. (Without that, eleven trips of 100 ms made a call that never waits
     * last 1.1 s, and two of 240 ms one of 480 ms.)
     */

    private static final int ORDINARY = 3;
    private static final int DOUBTFUL = 10;
    private static final int MOST_LATE = 100;

    private final Patience.Usual usual;
    private int times;
    private long lastTripNanos;
    private long spentNanos;
    private long longestNanos;

    /** Of a caller who has not been late yet. */
    Lateness(Patience.Usual usual) {
        this.usual = usual;
    }

    /** Once more: after a trip that took so long, the time of the credits had passed by so much. */
    void add(long tripNanos, long byNanos) {
        times++;
        lastTripNanos = tripNanos;
        longestNanos = Math.max(longestNanos, byNanos);
        // Who waited longer than that for a reply was held up, or would have given up: what is more is forgiven once.
        spentNanos += Math.min(tripNanos, allNanos());
    }

    int times() {
        return times;
    }

    /** By how much it was late at most. */
    long longestNanos() {
        return longestNanos;
    }

    /** Whether all the time is spent that the store may take. */
    boolean hasSpentAll() {
        return spentNanos > allNanos();
    }

    /** Whether the network may have become slower than what is remembered of it. */
    boolean isDoubtful() {
        return times % DOUBTFUL == 0 || (times >= ORDINARY && spentNanos + 2 * lastTripNanos > allNanos());
    }

    /** Whether it was more than an ordinary stall. */
    boolean isExtraordinary() {
        return times > ORDINARY;
    }

    /** Whether it would go on for ever. */
    boolean isHopeless() {
        return times > MOST_LATE;
    }

    private long allNanos() {
        return usual.time().toNanos();
    }

    /** Why there is no answer. */
    CreditStoreException cause() {
        return new CreditStoreException(
                CreditStoreException.Reason.LATE,
                "credits came later than the margin allows, " + times
                        + " times: the network is slow, or this JVM stands still");
    }
}
