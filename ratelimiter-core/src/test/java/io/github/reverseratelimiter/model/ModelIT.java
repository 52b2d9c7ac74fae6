package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both stores against a model, in virtual time: random lives of a key (grants, waits, refunds, pauses, changes of limits
 * and margins, several windows and callers, clocks that step, long rests), each answer judged by brute force over the list
 * of all grants. {@code -Dmodel.seed} begins elsewhere; {@code -Dmodel.scenario} runs one life again.
 */
class ModelIT {

    private static final long SEED = Long.getLong("model.seed", 20_260_101L);
    private static final int REDIS_OPERATIONS = 100_000;
    private static final int MEMORY_OPERATIONS = 120_000;

    @RegisterExtension
    static final ScriptSubjects SCRIPT = new ScriptSubjects();

    private record Tally(long scenarios, long operations, long granted, long exact, long travelled) {

        Tally plus(Tally other) {
            return new Tally(
                    scenarios + other.scenarios,
                    operations + other.operations,
                    granted + other.granted,
                    exact + other.exact,
                    travelled + other.travelled);
        }
    }

    @Test
    void theScriptAnswersAsTheModelSays() {
        Tally tally =
                ScriptSubjects.atOnce(
                                SEED, seed -> run(SCRIPT.subject(), seed, REDIS_OPERATIONS / ScriptSubjects.THREADS))
                        .stream()
                        .reduce(new Tally(0, 0, 0, 0, 0), Tally::plus);

        report("redis", tally);
        assertThat(tally.operations()).isGreaterThanOrEqualTo(REDIS_OPERATIONS);
        assertThat(tally.travelled()).isGreaterThanOrEqualTo(REDIS_OPERATIONS / 50);
        assertThat(tally.granted()).isGreaterThanOrEqualTo(100_000);
    }

    @Test
    void theStoreInMemoryAnswersAsTheModelSays() {
        Tally tally = run(new MemorySubject(), SEED, MEMORY_OPERATIONS);

        report("memory", tally);
        assertThat(tally.operations()).isGreaterThanOrEqualTo(MEMORY_OPERATIONS);
        assertThat(tally.granted()).isGreaterThanOrEqualTo(100_000);
    }

    /** Refunds deep in the rings of one key: too many, the wrong ones or none were given back, or one believed too old. */
    private static final long[] WENT_WRONG_ONCE = {
        20_260_536,
        1_005_292,
        1_006_816,
        1_007_172,
        1_022_304,
        1_022_538,
        1_035_436,
        1_053_296,
        1_053_468,
        1_055_388,
        1_055_416,
        7_001_900,
        7_013_044,
        20_261_116,
        7_020_152
    };

    static LongStream livesThatWentWrongOnce() {
        return LongStream.of(WENT_WRONG_ONCE);
    }

    @ParameterizedTest
    @MethodSource("livesThatWentWrongOnce")
    void aLifeThatWentWrongOnceGoesRightInMemory(long seed) {
        goesRight(seed, new MemorySubject());
    }

    @ParameterizedTest
    @MethodSource("livesThatWentWrongOnce")
    void aLifeThatWentWrongOnceGoesRightInRedis(long seed) {
        goesRight(seed, SCRIPT.subject());
    }

    private static void goesRight(long seed, Subject subject) {
        Scenario scenario = new Scenario(seed, subject);

        scenario.run(800);

        assertThat(scenario.operations()).isEqualTo(800);
    }

    private static Tally run(Subject subject, long seed, int operations) {
        Long only = Long.getLong("model.scenario");
        Tally tally = new Tally(0, 0, 0, 0, 0);
        for (long next = only == null ? seed : only; tally.operations() < operations; next++) {
            Scenario scenario = new Scenario(next, subject);
            scenario.run(next % 4 == 0 ? 800 : 100);
            Model model = scenario.model();
            tally = tally.plus(
                    new Tally(1, scenario.operations(), model.granted(), model.exactAnswers(), scenario.travelled()));
        }
        return tally;
    }

    /** Maven shows no entries of a TestReporter; the seed must be seen. */
    private static void report(String store, Tally tally) {
        System.out.println("model of the store in " + store + ", seed " + SEED + ": " + tally);
    }
}
