package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.sample.provider.Tally;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a run came to. All of it is counted to the end, when the last waiting caller had its turn.
 *
 * @param scenario what was run
 * @param provider what the provider counted
 * @param callers what the callers saw
 * @param trips trips to Redis
 */
record Figures(Scenario scenario, Tally provider, List<CallerTally> callers, long trips) {

    /** What was run. */
    SampleOptions options() {
        return scenario.options();
    }

    /** Calls that reached the provider. */
    int calls() {
        return callers.stream().mapToInt(CallerTally::calls).sum();
    }

    /** Times the limiter said no. */
    int denied() {
        return callers.stream().mapToInt(CallerTally::denied).sum();
    }

    /** Anything else that went wrong. */
    List<String> failures() {
        return callers.stream().flatMap(caller -> caller.failures().stream()).toList();
    }

    /** Share of what the limiter may use, the limit per window and margin; 1 is all of it. */
    double share() {
        return provider.share(options().paced().window());
    }

    /** Share of what the provider allows; 1 is all of it. */
    double rawShare() {
        return provider.share(options().window());
    }

    /** Margin that would have been needed for no refusal at all: by how much calls came closer than they were granted. */
    Duration marginNeeded() {
        Duration needed = options().paced().window().minus(provider.shortest());
        return needed.isNegative() ? Duration.ZERO : needed;
    }

    /** Trips to Redis for each call made; 0 if none was. */
    double tripsPerCall() {
        return calls() == 0 ? 0 : (double) trips / calls();
    }

    /** Mean time from asking for a credit to the provider's answer. */
    Duration meanWait() {
        List<Duration> waits = waits();
        return waits.isEmpty()
                ? Duration.ZERO
                : waits.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(waits.size());
    }

    /** The wait that 99 % of the calls did not exceed. */
    Duration p99Wait() {
        List<Duration> waits = waits();
        return waits.isEmpty() ? Duration.ZERO : waits.get((int) Math.ceil(waits.size() * 0.99) - 1);
    }

    /** Calls that each instance made. */
    List<Integer> callsPerInstance() {
        return IntStream.range(0, options().instances())
                .map(instance -> callers.stream()
                        .filter(caller -> caller.instance() == instance)
                        .mapToInt(CallerTally::calls)
                        .sum())
                .boxed()
                .toList();
    }

    /** Calls of the busiest instance over those of the idlest; infinite if that made none. */
    double busiestToIdlest() {
        List<Integer> calls = callsPerInstance();
        return (double) calls.stream().mapToInt(Integer::intValue).max().orElse(0)
                / calls.stream().mapToInt(Integer::intValue).min().orElse(0);
    }

    private List<Duration> waits() {
        return callers.stream()
                .flatMap(caller -> caller.waits().stream())
                .sorted()
                .toList();
    }
}
