package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.benchmarks.load.Meter.Reading;

/**
 * One round of one limiter. All but the first four are for each call.
 *
 * @param callsPerSecond calls that ended, granted or not
 * @param grantedShare of all calls
 * @param failed calls that failed
 * @param p50 in microseconds
 * @param p99 in microseconds
 * @param trips to Redis
 * @param commands that Redis ran, also those inside scripts
 * @param clientMicros CPU time of this JVM, in microseconds
 * @param redisMicros CPU time of Redis, in microseconds
 * @param bytes allocated in this JVM
 */
record Sample(
        double callsPerSecond,
        double grantedShare,
        long failed,
        double p50,
        double p99,
        double trips,
        double commands,
        double clientMicros,
        double redisMicros,
        double bytes) {

    static Sample of(Contender contender, Crew.Tally tally, Reading before, Reading after) {
        double calls = Math.max(1, tally.calls());
        return new Sample(
                tally.calls() / tally.seconds(),
                tally.granted() / calls,
                tally.failed(),
                tally.latency().percentile(0.5) / 1e3,
                tally.latency().percentile(0.99) / 1e3,
                contender.trips().applyAsLong(after.commands()) / calls,
                after.allCommands() / calls,
                (after.cpuNanos() - before.cpuNanos()) / 1e3 / calls,
                (after.redisCpuSeconds() - before.redisCpuSeconds()) * 1e6 / calls,
                (after.bytes() - before.bytes()) / calls);
    }
}
