package io.github.reverseratelimiter.model;

import static io.github.reverseratelimiter.model.UnsteadyLife.LIMIT;
import static io.github.reverseratelimiter.model.UnsteadyLife.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clocks that are set more often than once in a window, in true time that is made up, under callers who ask all the time
 * (FAULTS rows 24, 25 and 27). A refusal writes nothing, so a step back that only refused callers see takes logical time
 * back to the last grant: a series of them blocks for as long as it lasts, and no longer.
 */
class UnsteadyClockIT {

    private static final long SEED = Long.getLong("model.seed", 27_000_000L);
    private static final long TICK = 10_000;
    private static final int TIMES = 50;
    private static final int LIVES = 60;
    private static final int ASKED_IN_A_LIFE = 250;

    @RegisterExtension
    static final ScriptSubjects SCRIPT = new ScriptSubjects();

    enum Store {
        REDIS {
            @Override
            Subject subject() {
                return SCRIPT.subject();
            }
        },
        MEMORY {
            @Override
            Subject subject() {
                return new MemorySubject();
            }
        };

        abstract Subject subject();
    }

    private static void poll(UnsteadyLife life, long duration) {
        for (long passed = 0; passed < duration; passed += TICK) {
            life.ask(0);
            life.pass(TICK);
        }
    }

    /** Polls until a credit is granted; answers how long that took. */
    private static long pollUntilGranted(UnsteadyLife life) {
        for (long passed = 0; ; passed += TICK) {
            if (life.ask(0)) {
                return passed;
            }
            assertThat(passed).as("blocked").isLessThan(100 * WINDOW);
            life.pass(TICK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesOfStepsBackBlocksForOneWindowAfterTheLast(Store store) {
        UnsteadyLife life = new UnsteadyLife(store.subject(), 1);
        poll(life, WINDOW / 2);
        int before = life.granted();

        for (int i = 0; i < TIMES; i++) {
            life.step(-WINDOW);
            poll(life, WINDOW * 9 / 10);
        }

        assertThat(life.granted())
                .as("only refused callers have seen the steps")
                .isEqualTo(before);
        assertThat(pollUntilGranted(life)).isLessThanOrEqualTo(WINDOW / 10 + TICK);
        life.judge();
        assertThat(life.adjusted()).isLessThanOrEqualTo(life.steppedBack());
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesOfSmallStepsBackCostsWhatTheyAddUpTo(Store store) {
        UnsteadyLife life = new UnsteadyLife(store.subject(), 1);
        for (int i = 0; i < TIMES; i++) {
            life.step(-TICK);
            poll(life, WINDOW / 5);
        }
        life.judge();

        long passed = TIMES * WINDOW / 5 - life.steppedBack();
        assertThat(life.granted()).isGreaterThanOrEqualTo(LIMIT * (int) (passed / WINDOW));
        assertThat(life.longestBlocked()).isLessThanOrEqualTo(WINDOW + 5 * TICK + TICK);
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesOfStepsBackUnderALineBlocksNobodyWhoWaits(Store store) {
        UnsteadyLife life = new UnsteadyLife(store.subject(), 1);
        for (int i = 0; i < TIMES; i++) {
            life.step(-WINDOW);

            assertThat(life.ask(life.line() + WINDOW)).isTrue();
            life.pass(WINDOW / LIMIT);
        }
        life.judge();
        assertThat(life.busiest()).isEqualTo(LIMIT);

        long line = life.line();
        assertThat(pollUntilGranted(life)).isLessThanOrEqualTo(line + WINDOW + TICK);
    }

    /** By 0.8 s as between two masters whose clocks differ, by less than a window, by many; alone and on a clock that runs too fast. */
    @ParameterizedTest
    @CsvSource({
        "REDIS, 1, 800000", "REDIS, 1, 3000000", "REDIS, 2, 800000", "REDIS, 0.5, 3000000",
        "MEMORY, 1, 800000", "MEMORY, 1, 3000000", "MEMORY, 2, 800000", "MEMORY, 0.5, 3000000"
    })
    void aClockThatGoesBackAndForthForgivesOneWindowForEachStepForward(Store store, double speed, long step) {
        UnsteadyLife life = new UnsteadyLife(store.subject(), speed);
        for (int i = 0; i < TIMES; i++) {
            life.step(i % 2 == 0 ? -step : step);
            poll(life, WINDOW * 2 / 5);
        }
        life.judge();

        assertThat(life.granted()).isGreaterThanOrEqualTo(LIMIT * (int) (TIMES / 2 * 2 / 5 * Math.min(1, speed)));
        assertThat(life.adjusted()).isLessThanOrEqualTo(life.steppedBack());
        assertThat((double) pollUntilGranted(life)).isLessThanOrEqualTo(WINDOW / speed + TICK);
    }

    /** The clock steps back and forth at random, by milliseconds and by hours, while callers ask, wait and rest. */
    @ParameterizedTest
    @EnumSource
    void whateverTheClockDoesNothingIsOverNorBlocked(Store store) {
        Subject subject = store.subject();
        int granted = 0;
        int denied = 0;
        for (long seed = SEED; seed < SEED + LIVES; seed++) {
            Random random = new Random(seed);
            UnsteadyLife life = new UnsteadyLife(subject, new double[] {1, 1, 2, 0.5, 0.999}[random.nextInt(5)]);
            try {
                live(life, random);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Dmodel.seed=" + seed + "): " + e.getMessage(), e);
            }
            granted += life.granted();
            denied += life.denied();
        }
        assertThat(granted).isGreaterThan(LIVES * 25);
        assertThat(denied).isGreaterThan(LIVES * 25);
    }

    private static void live(UnsteadyLife life, Random random) {
        long largest = new long[] {WINDOW / 10, WINDOW, 5 * WINDOW, 3_600 * WINDOW}[random.nextInt(4)];
        int often = 3 + random.nextInt(20);
        for (int i = 0; i < ASKED_IN_A_LIFE; i++) {
            if (random.nextInt(often) == 0) {
                life.step(random.nextLong(2 * largest) - largest);
            }
            life.ask(random.nextInt(4) == 0 ? random.nextLong(2 * WINDOW) : 0);
            life.pass(random.nextInt(30) == 0 ? random.nextLong(3 * WINDOW) : random.nextLong(WINDOW / 5));
        }
        life.judge();
        life.step(random.nextInt(2) == 0 ? -largest : largest);
        life.ask(0);
        long line = life.line();
        assertThat(pollUntilGranted(life)).isLessThanOrEqualTo(2 * (line + WINDOW) + TICK);
        life.judge();
    }
}
