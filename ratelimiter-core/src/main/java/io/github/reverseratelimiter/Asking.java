package io.github.reverseratelimiter;

/**
 * How the store is asked once.
 *
 * @param maxWaitMicros longest time for which the caller would stand in line
 * @param patience for how long the answer is waited for
 */
record Asking(long maxWaitMicros, Patience patience) {

    /** The same, for now or not at all. */
    Asking forNow() {
        return maxWaitMicros == 0 ? this : new Asking(0, patience);
    }
}
