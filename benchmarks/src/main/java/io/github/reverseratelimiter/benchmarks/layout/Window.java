package io.github.reverseratelimiter.benchmarks.layout;

/** A limit and its window in microseconds. */
record Window(int limit, long span) {

    static Window of(int limit, long seconds) {
        return new Window(limit, seconds * 1_000_000);
    }

    /** Credits that share a slot above 4,064 credits; a call of so many credits fills one slot. */
    int creditsInSlot() {
        return (limit + 4063) / 4064;
    }
}
