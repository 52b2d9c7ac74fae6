package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.reverseratelimiter.sample.provider.Tally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static final SampleOptions OPTIONS = new SampleOptions(
            "acme",
            5,
            Duration.ofSeconds(1),
            Duration.ofMillis(25),
            Duration.ofSeconds(60),
            Duration.ZERO,
            2,
            2,
            20,
            1,
            false,
            false);

    @Test
    void addsUpWhatTheCallersSaw() {
        Figures figures = figures(
                new CallerTally(0, 1, 0, waits(30), List.of()),
                new CallerTally(0, 0, 2, waits(26), List.of("java.lang.IllegalStateException: closed")),
                new CallerTally(1, 0, 1, waits(40), List.of()),
                new CallerTally(1, 0, 0, waits(4), List.of()));

        assertThat(figures.calls()).isEqualTo(100);
        assertThat(figures.denied()).isEqualTo(3);
        assertThat(figures.failures()).hasSize(1);
        assertThat(figures.callsPerInstance()).containsExactly(56, 44);
        assertThat(figures.busiestToIdlest()).isCloseTo(56.0 / 44, within(1e-9));
        assertThat(figures.tripsPerCall()).isEqualTo(1.02);
    }

    @Test
    void ordersTheWaitsOfAllCallers() {
        List<Duration> upTo200 =
                IntStream.rangeClosed(1, 200).mapToObj(Duration::ofMillis).toList();
        Figures figures = figures(
                new CallerTally(0, 0, 0, upTo200.subList(100, 200), List.of()),
                new CallerTally(1, 0, 0, upTo200.subList(0, 100), List.of()));

        assertThat(figures.p99Wait()).isEqualTo(Duration.ofMillis(198));
        assertThat(figures.meanWait()).isEqualTo(Duration.ofNanos(100_500_000));
    }

    @Test
    void measuresTheShareAgainstBothWindows() {
        Figures figures = figures(new CallerTally(0, 0, 0, waits(1), List.of()));

        assertThat(figures.share()).isCloseTo(20 * 1.025 / 20.5, within(1e-9));
        assertThat(figures.rawShare()).isCloseTo(20 / 20.5, within(1e-9));
    }

    @Test
    void measuresTheMarginByHowMuchCloserCallsCame() {
        Figures figures = figures(new CallerTally(0, 0, 0, waits(1), List.of()));

        assertThat(figures.marginNeeded()).isEqualTo(Duration.ofMillis(13));
    }

    @Test
    void standsWithoutASingleCall() {
        Figures figures = figures(new CallerTally(0, 0, 7, List.of(), List.of()));

        assertThat(figures.meanWait()).isZero();
        assertThat(figures.p99Wait()).isZero();
        assertThat(figures.tripsPerCall()).isZero();
    }

    @Test
    void becomesARowOfMarkdown() {
        Figures figures =
                figures(new CallerTally(0, 1, 0, waits(51), List.of()), new CallerTally(1, 0, 0, waits(51), List.of()));

        String table = FiguresTable.markdown(List.of(figures));

        assertThat(table.lines()).hasSize(3).allMatch(line -> line.startsWith("|") && line.endsWith("|"));
        assertThat(table)
                .contains(
                        "| 5 per 1s | margin 25 ms | 102 | 1 (1.0 %) | 13 ms | 100.0 % | 97.6 % | 7 ms / 7 ms | 0 | 1.00 "
                                + "| 51 51 | 1.00 |");
        assertThat(table.lines().map(line -> line.chars().filter(c -> c == '|').count()))
                .containsOnly(13L);
    }

    @Test
    void printsATableThatNamesEveryFigure() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        console.table(figures(new CallerTally(0, 0, 0, waits(2), List.of("java.net.ConnectException: refused"))));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("refused (429)            1   1.0 %")
                .contains("share of the quota       100.0 % of 5 per 1.025s; 97.6 % of 5 per 1s")
                .contains("trips to Redis per call")
                .contains("failures                 1, the first: java.net.ConnectException: refused");
    }

    private static List<Duration> waits(int calls) {
        return Collections.nCopies(calls, Duration.ofMillis(7));
    }

    private static Figures figures(CallerTally... callers) {
        Tally provider = new Tally(101, 1, 20, Duration.ofMillis(20_500), Duration.ofMillis(1_012));
        return new Figures(
                new Scenario(OPTIONS, true), provider, Stream.of(callers).toList(), 102);
    }
}
