package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The scenarios of the full table, those that tell most first. */
final class Matrix {

    /** How far calls are apart when they arrive, beyond how far they were apart when they were granted. */
    static final List<Delay> DELAYS =
            List.of(Delay.NONE, Delay.uniform(0, 5), Delay.uniform(0, 50), Delay.uniform(20, 120), Delay.HEAVY_TAIL);

    static final RateLimit FIFTY = RateLimit.of(50, Duration.ofSeconds(1));
    static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    static final RateLimit HUNDRED = RateLimit.of(100, Duration.ofSeconds(10));

    /** Calls at once: as many as the limit, each for as long as the window. */
    static final RateLimit AT_ONCE = RateLimit.of(5, Duration.ofMillis(100));

    private Matrix() {}

    /** All of them. */
    static List<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (RateLimit quota : List.of(FIVE, FIFTY)) {
            DELAYS.forEach(delay -> scenarios.add(new Scenario(Kind.SLIDING_WINDOW, quota, delay)));
        }
        Delay some = Delay.uniform(0, 50);
        scenarios.add(new Scenario(Kind.FIXED_WINDOW, FIFTY, some));
        scenarios.add(new Scenario(Kind.TOKEN_BUCKET, FIFTY, some));
        scenarios.add(new Scenario(Kind.CONCURRENCY, AT_ONCE, some));
        for (Delay delay : List.of(Delay.NONE, some, Delay.HEAVY_TAIL)) {
            scenarios.add(new Scenario(Kind.SLIDING_WINDOW, HUNDRED, delay));
        }
        return scenarios;
    }
}
