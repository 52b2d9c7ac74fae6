package io.github.reverseratelimiter.redis;

/**
 * How far away Redis is: by the shortest trip of the last seconds. Others are longer for what else this machine, or Redis, has to do;
 * more trips would only add to that.
 */
final class Distance {

    /** So much of a processor's time a trip costs, on both sides together; what takes so many times as long is worth as many trips. */
    private static final long COST_OF_A_TRIP_NANOS = 200_000;

    private static final long MEMORY_NANOS = 1_000_000_000;

    /** Trips of a key at once, beyond which it is worth to wait for others: some ways to Redis have eight connections. */
    static final int MOST_PARTS = 16;

    /**
     * What was seen in the second that is not over, and in the one before.
     *
     * @param before shortest trip of the second before
     */
    private record Seen(long sinceNanos, long shortest, long before) {}

    /** Two who learn at the same time may forget one trip of many. */
    private volatile Seen seen = new Seen(0, Long.MAX_VALUE, Long.MAX_VALUE);

    private volatile long last;

    /** A trip took so long, and ended now. */
    void learn(long tripNanos, long nowNanos) {
        last = tripNanos;
        Seen known = seen;
        long age = nowNanos - known.sinceNanos;
        if (known.shortest == Long.MAX_VALUE || age > MEMORY_NANOS) {
            seen = new Seen(nowNanos, tripNanos, age > 2 * MEMORY_NANOS ? Long.MAX_VALUE : known.shortest);
        } else if (tripNanos < known.shortest) {
            seen = new Seen(known.sinceNanos, tripNanos, known.before);
        }
    }

    /** How long the last trip took; 0 as long as there was none. */
    long lastNanos() {
        return last;
    }

    /** In how many parts a crowd goes best; 1 at least, also as long as nothing is known. */
    int parts() {
        Seen known = seen;
        long shortest = Math.min(known.shortest, known.before);
        return shortest == Long.MAX_VALUE
                ? 1
                : (int) Math.max(1, Math.min(MOST_PARTS, shortest / COST_OF_A_TRIP_NANOS));
    }
}
