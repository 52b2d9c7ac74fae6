package io.github.reverseratelimiter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The figures, measured in a tiny way on a Redis of our own: what does not depend on how busy the machine is. */
class FiguresIT {

    /** Of a grant in a ring that is read in one piece with the rest of the state, and of one in any ring. */
    private static final double MOST_COMMANDS_SMALL = 4;

    private static final double MOST_COMMANDS = 6;

    private static final double MOST_COMMANDS_DENIED = 3;

    /** The goal is 1; this is what no noise of the machine reaches. */
    private static final double MOST_SCRIPT_TIME = 1.5;

    private static final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private static Figures figures;

    @BeforeAll
    static void measure() throws IOException {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        try (Redis redis = Redis.start()) {
            figures = Figures.measure(redis, out, Effort.TINY);
            out.println(figures);
        }
    }

    @Test
    void printsATableForEachFigure() {
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("### Latency", "### A lone caller", "### Script time", "### Memory", "### Trips");
    }

    @Test
    void takesNoMoreMemoryThanPromisedHoweverTheWindowWasFilled() {
        assertThat(figures.memory())
                .hasSize(MemoryUse.LIMITS.length)
                .allSatisfy(row -> assertThat(row.most()).as("%s", row).isLessThanOrEqualTo(row.allowed()));
    }

    @Test
    void givesEveryKeyALifetime() {
        assertThat(figures.memory())
                .allSatisfy(row -> assertThat(row.expires()).as("%s", row).isTrue());
    }

    @Test
    void callsFewCommandsInsideTheScript() {
        assertThat(figures.scriptTimes())
                .filteredOn(row -> row.limits().size() == 1)
                .hasSize(Situation.values().length * (ScriptTimes.LIMITS.size() - 1))
                .allSatisfy(
                        row -> assertThat(row.ours().commands()).as("%s", row).isLessThanOrEqualTo(mostCommands(row)));
    }

    private static double mostCommands(ScriptTimes.Row row) {
        if (row.situation() == Situation.DENIED) {
            return MOST_COMMANDS_DENIED;
        }
        if (row.limits().get(0).limit() <= 8) {
            return MOST_COMMANDS_SMALL;
        }
        return MOST_COMMANDS;
    }

    @Test
    void costsTheServerAboutAsMuchAsThePlainZsetScript() {
        assertThat(figures.scriptTimes())
                .filteredOn(row -> row.limits().size() == 1)
                .allSatisfy(row -> {
                    double ratio =
                            row.ours().micros().least() / row.plain().micros().least();
                    assertThat(ratio).as("%s", row).isLessThanOrEqualTo(MOST_SCRIPT_TIME);
                });
    }

    /** Who comes alone makes one trip; of a crowd some share one, and a refusal is believed for a moment. */
    @Test
    void asksRedisOnceAtMostForEachDecisionAndNothingElse() {
        assertThat(figures.trips()).hasSize(4).allSatisfy(row -> {
            // A caller that the machine let wake too late gives its credit back and asks anew.
            assertThat(row.takes() - row.late()).as("%s", row).isLessThanOrEqualTo(row.decisions());
            assertThat(row.evalsha()).as("%s", row).isLessThanOrEqualTo(row.takes() + row.late());
            assertThat(row.others()).as("%s", row).isZero();
        });
        assertThat(figures.trips().subList(0, 2))
                .allSatisfy(row ->
                        assertThat(row.evalsha() - 2 * row.late()).as("%s", row).isEqualTo(row.decisions()));
        assertThat(figures.trips().get(3).waited()).isPositive();
    }

    @Test
    void saysWhetherAGoalWasMet() {
        assertThat(Arrays.asList(new Goal(1.25, 1.25), new Goal(1.26, 1.25)))
                .hasToString("[at most 1.25: met, at most 1.25: MISSED]");
    }
}
