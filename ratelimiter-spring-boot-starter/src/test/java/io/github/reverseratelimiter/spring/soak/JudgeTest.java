package io.github.reverseratelimiter.spring.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The judge of the soak can find fault: doctored diaries. */
class JudgeTest {

    private static final long SECOND = 1_000_000;
    private static final int LIMIT = Budget.SLOW.limits.get(0).limit();

    private static final List<Happened> ONE_FAULT = List.of(
            new Happened(Fault.REDIS_FROZEN, 10 * SECOND, 11 * SECOND, 0),
            new Happened(Fault.REDIS_FROZEN, 15 * SECOND, 16 * SECOND, 0));

    /** So many grants of one credit, a millisecond apart. */
    private static List<String> grants(int number, long from) {
        return IntStream.range(0, number)
                .mapToLong(i -> from + i * 1_000L)
                .mapToObj(at -> "jvm0 G SLOW " + at + " 1 " + at + " " + at)
                .toList();
    }

    private static List<String> both(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static Judge judge(List<String> lines) {
        return new Judge(lines, ONE_FAULT, List.of());
    }

    private static Judge judgeAfterALoss(List<String> lines) {
        return new Judge(
                lines, List.of(new Happened(Fault.ALL_FLUSHED, 10 * SECOND, 10 * SECOND + 10_000, 0)), List.of());
    }

    @Test
    void acceptsAFullWindow() {
        assertThat(judge(grants(LIMIT, SECOND)).tooMuch()).isEmpty();
    }

    @Test
    void findsOneTooMany() {
        assertThat(judge(grants(LIMIT + 1, SECOND)).tooMuch()).isNotEmpty();
    }

    @Test
    void findsOneTooManyAroundAFaultThatLosesNothing() {
        assertThat(judge(both(grants(LIMIT, 10 * SECOND - 10_000), grants(1, 10 * SECOND)))
                        .tooMuch())
                .isNotEmpty();
    }

    @Test
    void allowsOneFurtherLimitAroundALoss() {
        List<String> twice = both(grants(LIMIT, 10 * SECOND - 50_000), grants(LIMIT, 10 * SECOND + 20_000));

        assertThat(judgeAfterALoss(twice).tooMuch()).isEmpty();
    }

    @Test
    void findsOneTooManyAfterALoss() {
        assertThat(judgeAfterALoss(grants(LIMIT + 1, 10 * SECOND + 20_000)).tooMuch())
                .isNotEmpty();
    }

    @Test
    void findsWhoIsToldTooEarly() {
        assertThat(judge(List.of("jvm0 G SLOW " + 2 * SECOND + " 1 " + SECOND + " " + SECOND))
                        .tooMuch())
                .isNotEmpty();
    }

    @Test
    void findsWhatInstancesSayIsWrong() {
        assertThat(judge(List.of("jvm0 W a decision took PT4S")).wrong()).hasSize(1);
    }

    @Test
    void acceptsThatRedisIsNotAskedDuringAFaultAndJustAfter() {
        assertThat(judge(List.of(
                                "jvm0 U " + 10 * SECOND + " " + (10 * SECOND + 1),
                                "jvm0 U " + 11_500_000 + " " + 11_500_001,
                                "jvm0 D " + 12 * SECOND))
                        .notBack())
                .isEmpty();
    }

    @Test
    void findsThatRedisIsThoughtToBeAwayForTooLong() {
        assertThat(judge(List.of("jvm0 U " + 12_500_000 + " " + 12_500_001, "jvm0 D " + 12 * SECOND))
                        .notBack())
                .hasSize(1);
    }

    @Test
    void acceptsThatRedisIsThoughtToBeAwayWhereItAnsweredNobodyElseEither() {
        List<String> lines = List.of("jvm0 U " + 13_500_000 + " " + 13_500_001, "jvm0 D " + 12 * SECOND);

        assertThat(new Judge(lines, ONE_FAULT, List.of(new Pulse.Gap(13_400_000, 13_600_000))).notBack())
                .isEmpty();
        assertThat(new Judge(lines, ONE_FAULT, List.of(new Pulse.Gap(13_600_000, 13_900_000))).notBack())
                .hasSize(1);
    }

    @Test
    void findsAnInstanceThatNeverComesBack() {
        assertThat(judge(List.of("jvm0 D " + SECOND)).notBack()).hasSize(1);
    }
}
