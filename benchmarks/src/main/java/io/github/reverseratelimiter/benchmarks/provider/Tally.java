package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;
import java.util.List;

/**
 * What a provider has counted for one account.
 *
 * @param accepted when each accepted call arrived, in nanoseconds
 * @param arrived when each call arrived, refused ones included
 */
record Tally(List<Long> accepted, List<Long> arrived) {

    Tally {
        accepted = List.copyOf(accepted);
        arrived = List.copyOf(arrived);
    }

    /** Calls that arrived. */
    int calls() {
        return arrived.size();
    }

    /** Calls answered with 429. */
    int refused() {
        return arrived.size() - accepted.size();
    }

    /** Share of the calls that were refused, from 0 to 1. */
    double refusedShare() {
        return arrived.isEmpty() ? 0 : (double) refused() / calls();
    }

    /**
     * Share that was used until this time, 1 being all of it, of so many accepted calls in each of these periods: the time that as
     * many calls take at best, over the time they took, counted in whole limits. So it is free of the question whether the last burst came just before
     * or just after the end. 0 before the first limit is over.
     */
    double share(int limit, Duration period, long until) {
        int counted = (int) accepted.stream().filter(time -> time <= until).count();
        int periods = Math.max(0, counted - 1) / limit;
        if (periods == 0) {
            return 0;
        }
        long took = accepted.get(periods * limit) - accepted.get(0);
        return (double) period.toNanos() * periods / took;
    }

    /** The least time in which one call more than the limit arrived; as good as for ever if there were not so many. */
    Duration shortest(int limit) {
        long shortest = Long.MAX_VALUE;
        for (int i = limit; i < arrived.size(); i++) {
            shortest = Math.min(shortest, arrived.get(i) - arrived.get(i - limit));
        }
        return Duration.ofNanos(shortest);
    }
}
