package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A limiter to be measured.
 *
 * @param title as it is called in the tables
 * @param margin by how much it widens the window, if it does
 * @param trips its trips to Redis, of how often each command ran, inside scripts or not
 * @param opening makes the limiter of one instance
 */
record Subject(
        String title,
        Optional<Duration> margin,
        ToLongFunction<Map<String, Long>> trips,
        Function<Site, Limiting> opening) {

    /** One that makes a trip with each script it runs, and none else. */
    static Subject scripting(String title, Function<Site, Limiting> opening) {
        return new Subject(title, Optional.empty(), Subject::scripts, opening);
    }

    /** A copy that widens the window. */
    Subject margin(Duration value) {
        return new Subject(title, Optional.of(value), trips, opening);
    }

    private static long scripts(Map<String, Long> commands) {
        return commands.getOrDefault("evalsha", 0L) + commands.getOrDefault("eval", 0L);
    }

    /**
     * Where an instance is.
     *
     * @param redis what it shares with the others
     * @param quota what all of them together must keep to
     * @param instances how many there are
     */
    record Site(RedisURI redis, RateLimit quota, int instances) {}
}
