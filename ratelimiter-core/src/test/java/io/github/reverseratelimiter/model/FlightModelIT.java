package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls in flight, of both stores, against a model in virtual time: instances that die, callers that never come back, leases that
 * run out, calls that end twice. Each answer is judged by plain lists, and each life by what a provider would have seen.
 * {@code -Dmodel.seed} begins elsewhere; {@code -Dmodel.scenario} runs one life again.
 */
class FlightModelIT {

    private static final long SEED = Long.getLong("model.seed", 20_260_101L);
    private static final int OPERATIONS = Integer.getInteger("model.operations", 100_000);

    @RegisterExtension
    static final ScriptSubjects SCRIPT = new ScriptSubjects();

    private record Tally(long scenarios, long operations, long granted, long queued) {

        Tally plus(Tally other) {
            return new Tally(
                    scenarios + other.scenarios,
                    operations + other.operations,
                    granted + other.granted,
                    queued + other.queued);
        }
    }

    @Test
    void theScriptCountsCallsInFlightAsTheModelSays() {
        Tally tally =
                ScriptSubjects.atOnce(SEED, seed -> run(SCRIPT.subject(), seed, OPERATIONS / ScriptSubjects.THREADS))
                        .stream()
                        .reduce(new Tally(0, 0, 0, 0), Tally::plus);

        report("redis", tally);
        assertThat(tally.operations()).isGreaterThanOrEqualTo(OPERATIONS);
        assertThat(tally.granted()).isGreaterThanOrEqualTo(OPERATIONS / 8);
        assertThat(tally.queued()).isGreaterThanOrEqualTo(OPERATIONS / 40);
    }

    @Test
    void theStoreInMemoryCountsCallsInFlightAsTheModelSays() {
        Tally tally = run(new MemorySubject(), SEED, OPERATIONS);

        report("memory", tally);
        assertThat(tally.operations()).isGreaterThanOrEqualTo(OPERATIONS);
        assertThat(tally.granted()).isGreaterThanOrEqualTo(OPERATIONS / 8);
        assertThat(tally.queued()).isGreaterThanOrEqualTo(OPERATIONS / 40);
    }

    /** A pause moved a grant to a time that the state did not live to see. */
    @ParameterizedTest
    @ValueSource(longs = 9_000_794)
    void aLifeThatWentWrongOnceGoesRight(long seed) {
        FlightScenario scenario = new FlightScenario(seed, SCRIPT.subject());

        scenario.run(150);

        assertThat(scenario.operations()).isGreaterThanOrEqualTo(150);
    }

    private static Tally run(Subject subject, long seed, int operations) {
        Long only = Long.getLong("model.scenario");
        Tally tally = new Tally(0, 0, 0, 0);
        for (long next = only == null ? seed : only; tally.operations() < operations; next++) {
            FlightScenario scenario = new FlightScenario(next, subject);
            scenario.run(next % 4 == 0 ? 800 : 150);
            tally = tally.plus(new Tally(1, scenario.operations(), scenario.granted(), scenario.queuedAnswers()));
        }
        return tally;
    }

    /** Maven shows no entries of a TestReporter; the seed must be seen. */
    private static void report(String store, Tally tally) {
        System.out.println("model of calls in flight in " + store + ", seed " + SEED + ": " + tally);
    }
}
