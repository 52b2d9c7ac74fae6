package io.github.reverseratelimiter.sample.provider;

import java.time.Duration;

/**
 * What the provider has counted for one account.
 *
 * @param accepted calls answered with 200
 * @param refused calls answered with 429
 * @param fullWindows how many times as many calls as the limit were accepted before the latest of the calls that
 *     {@code took} ends with
 * @param took time between the first call accepted and the one that came {@code fullWindows} limits after it
 * @param shortest least time in which one call more than the limit arrived, refused ones included; as good as for ever
 *     if there were not so many
 */
public record Tally(int accepted, int refused, int fullWindows, Duration took, Duration shortest) {

    /** Calls that arrived. */
    public int calls() {
        return accepted + refused;
    }

    /** Share of the calls that were refused, from 0 to 1. */
    public double refusedShare() {
        return calls() == 0 ? 0 : (double) refused / calls();
    }

    /**
     * Share of a quota of the same limit per this window that was used, 1 being all of it: the time in which so many
     * calls can be made at best, over the time they took. It is free of the question whether the last burst came just
     * before or just after the end. 0 before the first window is over.
     */
    public double share(Duration window) {
        return fullWindows == 0 ? 0 : (double) window.toNanos() * fullWindows / took.toNanos();
    }
}
