package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.MarginSimulation.Delay.between;
import static io.github.reverseratelimiter.MarginSimulation.Delay.tail;
import static io.github.reverseratelimiter.MarginSimulation.Delay.unequal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.MarginSimulation.Delay;
import io.github.reverseratelimiter.MarginSimulation.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider sees of a learnt margin, over a thousand windows: in virtual time, with many seeds. */
class LearntMarginSimulationTest {

    private static final int SEEDS = 10;
    private static final long SECOND = 1_000_000;
    private static final Delay ANSWER = between(10, 10);

    private static MarginSimulation fiftyASecond(Delay delay) {
        return new MarginSimulation(50, SECOND, delay, ANSWER);
    }

    static Stream<Arguments> goals() {
        return Stream.of(
                Arguments.of("0-5 ms", between(0, 5), 0.99),
                Arguments.of("0-50 ms", between(0, 50), 0.97),
                Arguments.of("20-120 ms", between(20, 120), 0.95),
                Arguments.of("one instance 0-5 ms, the others 0-50 ms", unequal(between(0, 5), between(0, 50)), 0.97),
                Arguments.of("a tail, 1 % above 40 ms", tail(5, 0.9), 0.96));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goals")
    void refusesLessThanOneInAThousandAndUsesNearlyAllThatAPerfectMarginWould(String name, Delay delay, double share) {
        MarginSimulation simulation = fiftyASecond(delay);
        double perfect = simulation.perfect(99).accepted();

        for (int seed = 0; seed < SEEDS; seed++) {
            Outcome learnt = simulation.learnt(seed);

            assertThat(learnt.refusedShare()).as("seed %d", seed).isLessThanOrEqualTo(0.001);
            assertThat(learnt.accepted() / perfect).as("seed %d", seed).isGreaterThanOrEqualTo(share);
        }
    }

    /** Each instance makes only 1,250 calls: the first lessons are most of them. */
    @Test
    void refusesLessThanThreeInAThousandWhereThereAreFewCalls() {
        MarginSimulation simulation = new MarginSimulation(5, SECOND, between(0, 50), ANSWER);

        assertThat(LongStream.range(0, SEEDS).mapToObj(simulation::learnt))
                .allSatisfy(outcome -> assertThat(outcome.refusedShare()).isLessThan(0.003));
    }

    @Test
    void costsNextToNothingWhereTheWindowIsLong() {
        MarginSimulation simulation = new MarginSimulation(100, 10 * SECOND, between(0, 50), ANSWER);

        assertThat(LongStream.range(0, SEEDS).mapToObj(simulation::learnt)).allSatisfy(outcome -> {
            assertThat(outcome.refusedShare()).isLessThan(0.001);
            assertThat(outcome.accepted()).isGreaterThan(0.99);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void followsANetworkThatBecomesSlowAndQuickAgain(long seed) {
        Outcome outcome =
                fiftyASecond(between(0, 5).between(300, 600, between(0, 50))).learnt(seed);

        List<Long> margin = outcome.marginIn();
        assertThat(margin.get(299)).as("quick").isLessThan(12_000);
        assertThat(margin.get(302)).as("slow for two windows").isGreaterThan(35_000);
        assertThat(margin.get(640)).as("quick for forty windows").isLessThan(12_000);
        assertThat(outcome.refusedIn().stream()
                        .skip(10)
                        .mapToInt(Integer::intValue)
                        .sum())
                .isLessThan(50);
    }

    /** It is the spread that is learnt, not the time that an answer takes. */
    @Test
    void doesNotPayForSlowAnswersThatTakeEquallyLong() {
        MarginSimulation simulation = new MarginSimulation(5, SECOND, between(0, 5), between(2_000, 2_000));

        assertThat(LongStream.range(0, SEEDS).mapToObj(simulation::learnt))
                .allSatisfy(outcome -> assertThat(outcome.accepted()).isGreaterThan(0.96));
    }

    /** Answers that vary look like delays that do, until nobody is refused for long: with few calls that takes hours. */
    @Test
    void paysAtMostAFifthForSlowAnswersThatVary() {
        MarginSimulation simulation = new MarginSimulation(5, SECOND, between(0, 5), between(200, 2_000));

        assertThat(LongStream.range(0, SEEDS).mapToObj(simulation::learnt)).allSatisfy(outcome -> {
            assertThat(outcome.accepted()).isGreaterThan(0.8);
            assertThat(outcome.refusedShare()).isLessThan(0.001);
        });
    }

    /** Can fail: without a margin, the simulated provider refuses what the real one does. */
    @Test
    void isNeeded() {
        assertThat(fiftyASecond(between(0, 50)).fixed(Duration.ZERO, 1).refusedShare())
                .isGreaterThan(0.01);
    }

    /** Prints the table of docs/adr/0014-learnt-margin.md: run it by hand. */
    public static void main(String[] arguments) {
        record Row(int limit, long window, String delays, Delay delay, String answers, Delay answer) {}
        Stream.of(
                        new Row(5, 1, "", ANSWER, "", ANSWER),
                        new Row(50, 1, "", ANSWER, "", ANSWER),
                        new Row(100, 10, "", ANSWER, "", ANSWER))
                .flatMap(row -> Stream.of(
                        new Row(row.limit, row.window, "0-5", between(0, 5), "10", ANSWER),
                        new Row(row.limit, row.window, "0-50", between(0, 50), "10", ANSWER),
                        new Row(row.limit, row.window, "20-120", between(20, 120), "10", ANSWER),
                        new Row(
                                row.limit,
                                row.window,
                                "one 0-5, three 0-50",
                                unequal(between(0, 5), between(0, 50)),
                                "10",
                                ANSWER),
                        new Row(row.limit, row.window, "lognormal, median 5, p99 40", tail(5, 0.9), "10", ANSWER),
                        new Row(row.limit, row.window, "lognormal, median 5, p99 200", tail(5, 1.586), "10", ANSWER),
                        new Row(row.limit, row.window, "0-50", between(0, 50), "5-200", between(5, 200)),
                        new Row(row.limit, row.window, "0-50", between(0, 50), "200-2000", between(200, 2_000)),
                        new Row(row.limit, row.window, "0-50", between(0, 50), "2000", between(2_000, 2_000))))
                .forEach(row -> {
                    MarginSimulation simulation =
                            new MarginSimulation(row.limit, row.window * SECOND, row.delay, row.answer);
                    Outcome perfect = simulation.perfect(99);
                    Outcome[] own = LongStream.range(0, SEEDS)
                            .mapToObj(simulation::learnt)
                            .toArray(Outcome[]::new);
                    Outcome[] common = LongStream.range(0, SEEDS)
                            .mapToObj(seed -> simulation.learnt(seed, 1))
                            .toArray(Outcome[]::new);
                    System.out.printf(
                            Locale.ROOT,
                            "| %d per %d s | %s | %s | %.0f ms: %.3f %%, %.1f %% | %.0f ms | %.3f %% | %.1f %% | %.0f ms | %.3f %% | %.1f %% |%n",
                            row.limit,
                            row.window,
                            row.delays,
                            row.answers,
                            perfect.meanMarginMillis(),
                            100 * perfect.refusedShare(),
                            100 * perfect.accepted(),
                            mean(own, Outcome::meanMarginMillis),
                            100 * mean(own, Outcome::refusedShare),
                            100 * mean(own, Outcome::accepted) / perfect.accepted(),
                            mean(common, Outcome::meanMarginMillis),
                            100 * mean(common, Outcome::refusedShare),
                            100 * mean(common, Outcome::accepted) / perfect.accepted());
                });
    }

    private static double mean(Outcome[] outcomes, ToDoubleFunction<Outcome> of) {
        return Arrays.stream(outcomes).mapToDouble(of).average().orElseThrow();
    }
}
