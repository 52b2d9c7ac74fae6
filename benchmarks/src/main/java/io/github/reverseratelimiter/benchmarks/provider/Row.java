package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;
import java.util.List;

/**
 * What a limiter came to in a scenario.
 *
 * @param tally all that the provider counted
 * @param until when the callers were told to stop; what is used is counted until then
 * @param seen by each caller, the instances by turns
 * @param trips to Redis
 */
record Row(
        Scenario scenario,
        Subject subject,
        int instances,
        Tally tally,
        long until,
        List<Caller.Seen> seen,
        long trips) {

    /** Share of the quota that was used, L per W. */
    double share() {
        return share(scenario.quota().window());
    }

    /** Share of the best that a limiter could do. */
    double shareOfBest() {
        return share(scenario.best());
    }

    /** Share of what this margin leaves, L per W and margin. */
    double shareOfMargin() {
        return share(scenario.quota().window().plus(subject.margin().orElseThrow()));
    }

    /** The margin that would have been enough: by how much calls came closer than they were granted. */
    Duration marginNeeded() {
        Duration paced = scenario.quota().window().plus(subject.margin().orElseThrow());
        Duration needed = paced.minus(tally.shortest(scenario.quota().limit()));
        return needed.isNegative() ? Duration.ZERO : needed;
    }

    private double share(Duration period) {
        return tally.share(scenario.quota().limit(), period, until);
    }

    /** Mean time from asking the limiter to being granted. */
    Duration meanWait() {
        return Duration.ofNanos(
                (long) waits().stream().mapToLong(Long::longValue).average().orElse(0));
    }

    /** The wait that 99 % of the calls did not exceed. */
    Duration p99Wait() {
        List<Long> sorted = waits().stream().sorted().toList();
        return Duration.ofNanos(sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1));
    }

    /** Trips to Redis for each call that arrived. */
    double tripsPerCall() {
        return tally.calls() == 0 ? 0 : (double) trips / tally.calls();
    }

    /** Calls of the busiest instance over those of the idlest; infinite if that made none. */
    double busiestToIdlest() {
        int[] calls = new int[instances];
        for (int i = 0; i < seen.size(); i++) {
            calls[i % instances] += seen.get(i).waits().size();
        }
        int most = calls[0];
        int least = calls[0];
        for (int of : calls) {
            most = Math.max(most, of);
            least = Math.min(least, of);
        }
        return (double) most / least;
    }

    /** All that went wrong, refusals apart. */
    List<String> failures() {
        return seen.stream().flatMap(caller -> caller.failures().stream()).toList();
    }

    private List<Long> waits() {
        return seen.stream().flatMap(caller -> caller.waits().stream()).toList();
    }
}
