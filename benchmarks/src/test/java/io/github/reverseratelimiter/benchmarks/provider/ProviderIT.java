package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What providers see, in a short version: what no busy machine can blur. */
class ProviderIT {

    private static final Rounds SHORT = new Rounds(4, 4, 3, Duration.ofMillis(1_500));

    /** Of a shared machine: more than it stands still for in a row that counts. */
    private static final Duration STALL = Duration.ofMillis(200);

    private static final Duration LONGEST_STALL = STALL.dividedBy(2);
    private static final int ATTEMPTS = 4;
    private static final double LEAST_SHARE = 0.9;

    private static final Delay SOME = Delay.uniform(0, 50);
    private static final RateLimit FAST = RateLimit.of(50, Duration.ofMillis(500));

    static final List<Scenario> SCENARIOS = List.of(
            new Scenario(Kind.SLIDING_WINDOW, FAST, Delay.NONE),
            new Scenario(Kind.SLIDING_WINDOW, FAST, SOME),
            new Scenario(Kind.SLIDING_WINDOW, RateLimit.of(5, Duration.ofMillis(500)), SOME),
            new Scenario(Kind.FIXED_WINDOW, FAST, SOME),
            new Scenario(Kind.TOKEN_BUCKET, FAST, SOME));

    private static Redis redis;

    @BeforeAll
    static void start() throws IOException {
        redis = Redis.start();
    }

    @AfterAll
    static void stop() throws IOException {
        redis.close();
    }

    @ParameterizedTest
    @FieldSource("SCENARIOS")
    void refusesNothingWithASufficientMarginWhichIsUsedUp(Scenario scenario) throws Exception {
        Duration margin = scenario.delay().spread().plus(STALL);
        Row row = undisturbed(scenario, Ours.margin(margin));
        assertThat(row.failures()).isEmpty();
        assertThat(row.tally().refused())
                .as("refused of %d calls", row.tally().calls())
                .isZero();
        assertThat(row.shareOfMargin()).isGreaterThanOrEqualTo(LEAST_SHARE);
    }

    @Test
    void refusesCallersWhoAreNotLimited() throws Exception {
        Subject nobody = Subject.scripting("nobody", site -> new Limiting() {
            @Override
            public Ended acquire(String account) {
                return Ended.UNHEARD;
            }

            @Override
            public void close() {
                // holds nothing
            }
        });
        Scenario scenario = new Scenario(Kind.SLIDING_WINDOW, RateLimit.of(5, Duration.ofMillis(500)), Delay.NONE);
        Row row = new Measurement(redis, SHORT).measure(scenario, nobody);
        assertThat(row.tally().refusedShare()).isGreaterThan(0.5);
        assertThat(row.trips()).isZero();
    }

    @ParameterizedTest
    @MethodSource("peers")
    void measuresEveryPeer(Subject peer) throws Exception {
        Scenario scenario = new Scenario(Kind.SLIDING_WINDOW, RateLimit.of(20, Duration.ofMillis(200)), Delay.NONE);
        Row row = new Measurement(redis, new Rounds(4, 4, 1, Duration.ofMillis(500))).measure(scenario, peer);
        assertThat(row.failures()).isEmpty();
        assertThat(row.tally().calls()).isGreaterThan(20);
        if (peer.title().contains("÷")) {
            assertThat(row.trips()).isZero();
        } else {
            assertThat(row.tripsPerCall()).isGreaterThan(0.9);
        }
    }

    static Stream<Subject> peers() {
        return Peers.subjects().stream();
    }

    /** Another one if the machine stood still meanwhile; the last one, whatever happened. */
    private static Row undisturbed(Scenario scenario, Subject subject) throws IOException, InterruptedException {
        Measurement measurement = new Measurement(redis, SHORT);
        for (int i = 1; ; i++) {
            try (Stall stall = new Stall()) {
                Row row = measurement.measure(scenario, subject);
                if (i == ATTEMPTS || stall.longest().compareTo(LONGEST_STALL) < 0) {
                    return row;
                }
            }
        }
    }
}
