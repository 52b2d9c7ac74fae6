package io.github.reverseratelimiter.benchmarks.provider;

import java.time.Duration;

/**
 * How much is measured in a row.
 *
 * @param instances of the application, in this JVM, each with a limiter, an HTTP client and connections of its own
 * @param threads of each of them
 * @param warmUp calls that each caller makes before, in the name of accounts that nothing limits
 * @param time for which they call, or three windows where that is longer
 */
record Rounds(int instances, int threads, int warmUp, Duration time) {

    /** Four instances with four threads each. */
    static Rounds lasting(Duration time) {
        return new Rounds(4, 4, 20, time);
    }

    int callers() {
        return instances * threads;
    }

    /** For how long callers call. */
    Duration time(Scenario scenario) {
        Duration windows = scenario.quota().window().multipliedBy(3);
        return windows.compareTo(time) > 0 ? windows : time;
    }

    /** In which everybody who waits when the time is up has had a turn. */
    Duration grace(Scenario scenario) {
        int limit = scenario.quota().limit();
        int turns = (callers() + limit - 1) / limit;
        return scenario.best().multipliedBy(turns).plusSeconds(2);
    }

    /** What a row takes, roughly. */
    Duration expected(Scenario scenario) {
        Duration each = scenario.delay().mean().plus(scenario.kind().answerTime(scenario.quota()));
        Duration tail = grace(scenario).minusSeconds(2);
        return time(scenario).plus(each.multipliedBy(warmUp)).plus(tail).plusMillis(700);
    }
}
