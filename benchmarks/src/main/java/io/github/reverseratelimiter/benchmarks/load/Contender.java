package io.github.reverseratelimiter.benchmarks.load;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * A limiter to be measured.
 *
 * @param title as it is called in the tables
 * @param cells the cells that make sense for it
 * @param trips its trips to Redis, of how often each command ran, inside scripts or not
 * @param opening makes it
 */
record Contender(
        String title, Predicate<Cell> cells, ToLongFunction<Map<String, Long>> trips, Function<Site, Gate> opening) {

    /** What all others are compared with. */
    static final String TRIVIAL = "trivial EVALSHA";

    /** How the titles of those end that limit nothing. */
    static final String LIMIT = "(limit)";

    /** One that makes a trip with each script it runs, and none else. */
    static Contender scripting(String title, Predicate<Cell> cells, Function<Site, Gate> opening) {
        return new Contender(title, cells, Contender::scripts, opening);
    }

    /** Whether it is this library. */
    static boolean isOurs(String title) {
        return title.startsWith("ours");
    }

    /** Whether it limits nothing, and tells how far a limiter could come. */
    static boolean isLimit(String title) {
        return title.endsWith(LIMIT);
    }

    private static long scripts(Map<String, Long> commands) {
        return commands.getOrDefault("evalsha", 0L) + commands.getOrDefault("eval", 0L);
    }
}
