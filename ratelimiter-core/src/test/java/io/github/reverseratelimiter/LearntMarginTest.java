package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.LearntMargin.Lesson;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a limiter learns from how its calls end. */
class LearntMarginTest {

    private static final long SECOND = 1_000_000;
    private static final int FULL = 0;

    private final LearntMargin margin = new LearntMargin(millis(25), SECOND);

    private Lesson ended(int tookMillis, CallEnd end) {
        return margin.ended(margin.margin(), FULL, millis(tookMillis).toNanos(), end);
    }

    /** So many calls that the first ones count no more. */
    private void answered(int shortest, int longest) {
        for (int call = 0; call < 100; call++) {
            ended(shortest, CallEnd.ANSWERED);
            ended(longest, CallEnd.ANSWERED);
        }
    }

    @Test
    void beginsWithTheMarginItIsGiven() {
        assertThat(margin.margin()).isEqualTo(millis(25));
    }

    @Test
    void takesTheLongestCompletionAtFirst() {
        ended(60, CallEnd.ANSWERED);

        assertThat(margin.margin()).isBetween(millis(60), millis(66));
    }

    @Test
    void comesToTheSpreadOfTheCompletionsHoweverSlowTheAnswers() {
        answered(2_000, 2_050);

        assertThat(margin.margin()).isBetween(millis(40), millis(56));
    }

    @Test
    void becomesNarrowerWhileNobodyIsRefused() {
        answered(10, 60);
        Duration before = margin.margin();

        answered(10, 60);
        answered(10, 60);

        assertThat(margin.margin()).isLessThan(before);
    }

    @Test
    void learnsNothingFromCallsThatFoundCreditsLeft() {
        answered(10, 60);
        Duration before = margin.margin();

        for (int call = 0; call < 1_000; call++) {
            margin.ended(before, 1, millis(call % 2 == 0 ? 10 : 60).toNanos(), CallEnd.ANSWERED);
        }

        assertThat(margin.margin()).isEqualTo(before);
    }

    @Test
    void becomesWiderAtOnceWhereACallIsRefused() {
        answered(10, 60);
        Duration before = margin.margin();

        assertThat(ended(60, CallEnd.REFUSED)).isEqualTo(Lesson.CHANGED);

        assertThat(margin.margin())
                .isBetween(
                        before.plus(before.dividedBy(5)), before.multipliedBy(3).dividedBy(2));
    }

    @Test
    void learnsOnceFromAllRefusalsOfABurst() {
        answered(10, 60);
        Duration used = margin.margin();
        ended(30, CallEnd.REFUSED);
        Duration learnt = margin.margin();

        for (int call = 0; call < 10; call++) {
            margin.ended(used, FULL, millis(30).toNanos(), CallEnd.REFUSED);
        }

        assertThat(margin.margin()).isEqualTo(learnt);
    }

    @Test
    void becomesWiderAtOnceWithAWiderSpread() {
        answered(10, 15);

        ended(60, CallEnd.ANSWERED);

        assertThat(margin.margin()).isGreaterThan(millis(45));
    }

    @Test
    void forgetsASpreadAfterTwoHundredCalls() {
        answered(10, 60);

        answered(10, 15);
        answered(10, 15);

        assertThat(margin.margin()).isLessThan(millis(8));
    }

    @Test
    void neverTakesMoreThanAFourthOfTheWindow() {
        answered(10, 3_000);
        ended(3_000, CallEnd.REFUSED);

        assertThat(margin.margin()).isEqualTo(millis(250));
    }

    @Test
    void tellsRefusalsApartThatNoMarginCanPrevent() {
        answered(10, 20);
        Lesson lesson = Lesson.NONE;
        for (int call = 0; call < 50; call++) {
            lesson = ended(20, CallEnd.REFUSED);
        }

        assertThat(lesson).isEqualTo(Lesson.UNEXPLAINED);
        assertThat(margin.margin()).as("a tenth of the window").isEqualTo(millis(100));
    }

    /** Otherwise a narrow margin would make callers late, who give back and take anew, and never say why. */
    @Test
    void becomesWiderWhereCallersWakeLate() {
        answered(10, 15);

        margin.late(millis(40).toNanos());
        ended(12, CallEnd.ANSWERED);

        assertThat(margin.margin()).isBetween(millis(30), millis(50));
    }

    @Test
    void learnsNothingFromAMachineThatStoodStill() {
        answered(10, 15);

        margin.late(millis(500).toNanos());
        ended(12, CallEnd.ANSWERED);

        assertThat(margin.margin()).isLessThan(millis(8));
    }

    @Test
    void learnsNothingFromCallsOfUnknownEnd() {
        for (int call = 0; call < 1_000; call++) {
            ended(900, CallEnd.UNKNOWN);
        }

        assertThat(margin.margin()).isEqualTo(millis(25));
    }

    @ParameterizedTest
    @EnumSource(names = "UNKNOWN", mode = EnumSource.Mode.EXCLUDE)
    void standsExtremes(CallEnd end) {
        LearntMargin longWindow = new LearntMargin(Duration.ZERO, RateLimit.MAX_WINDOW.toNanos() / 1_000);
        LearntMargin shortWindow = new LearntMargin(Duration.ofHours(2), 1_000);
        for (int call = 0; call < 1_000; call++) {
            long took = call % 3 == 0 ? Long.MIN_VALUE : call % 3 == 1 ? Long.MAX_VALUE : 1_000;
            longWindow.ended(longWindow.margin(), FULL, took, end);
            shortWindow.ended(shortWindow.margin(), FULL, took, end);
        }

        assertThat(longWindow.margin()).isBetween(Duration.ZERO, Duration.ofHours(1));
        assertThat(shortWindow.margin()).isBetween(Duration.ZERO, Duration.ofNanos(250_000));
    }
}
