package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {

    @Test
    void saysOfEachGoalWhetherThisRunMetIt() {
        assertThat(report().markdown("."))
                .contains(
                        "| 32 threads: calls/s, to the trivial EVALSHA | at least 1.50 | **met** (1.60) | 1.60 |",
                        "| 1 thread: p50, to the trivial EVALSHA | at most 1.15 | **met** (1.00) | 1.00 |",
                        "| 32 threads: trips per call | at most 0.10 | **MISSED** (1.00) | 1.00 |",
                        "| the same: longest to mean wait | at most 1.05 | **met** (1.04) | 1.04 |",
                        "| denied, 32 threads: calls/s, to the trivial EVALSHA | at least 10.00 | not measured |");
    }

    @Test
    void hasARowForEachLimiterOfACell() {
        assertThat(report().markdown("."))
                .contains("**32 threads**", "| trivial EVALSHA | **1.00** | 100 |", "| ours | **1.60** | 160 |");
    }

    @Test
    void saysTheMedianOfTheWaitsAndTheWorst() {
        assertThat(report().markdown("."))
                .contains(
                        "| ours | 49.0 | 1.00 (1.20) | 1,000 (1,000) | 1,040 (1,100) | 1.04 (1.10) | 0.0 % (0.5 %) |");
    }

    @Test
    void saysWhatTheWireItselfCanDo() {
        assertThat(report().markdown(".")).contains("**the wire itself", "| without it | 250,000 |");
    }

    @Test
    void writesFiguresTablesAndPlots(@TempDir Path directory) throws Exception {
        report().write(directory);
        assertThat(directory.resolve("load.md")).content().startsWith("From a test.");
        assertThat(directory.resolve("load.json"))
                .content()
                .contains(
                        "\"callsPerSecondOfRounds\": [160.0000]",
                        "\"met\": true",
                        "\"met\": false",
                        "\"commit\": \"1ee4ba7\"",
                        "\"tree\": \"dirty\"");
        for (String plot : Plots.TITLES.keySet()) {
            Document svg = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(Files.newInputStream(directory.resolve(plot)));
            assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        }
        assertThat(directory.resolve("load-speed.svg"))
                .content()
                .contains(">ours<", ">1.60<", "stroke-dasharray", "(its goal)");
        assertThat(directory.resolve("load-waits.svg"))
                .content()
                .contains(">1,000<", ">1,040<")
                .doesNotContain("(its goal)");
        assertThat(directory.resolve("load-p50.svg")).content().doesNotContain("(limit)", "async");
    }

    @Test
    void leavesAllElseOfAPageAsItIs(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.md");
        Files.writeString(page, "before\n" + Report.BEGIN + "\nold\n" + Report.END + "\nafter\n");
        report().render(page);
        assertThat(page)
                .content()
                .startsWith("before\n" + Report.BEGIN)
                .endsWith(Report.END + "\nafter\n")
                .contains("images/load-speed.svg")
                .doesNotContain("old");
        assertThat(directory.resolve("images/load-speed.svg")).exists();
    }

    @Test
    void refusesAPageWithoutAPlaceForIt(@TempDir Path directory) throws Exception {
        Path page = Files.writeString(directory.resolve("page.md"), "nothing");
        assertThatIOException().isThrownBy(() -> report().render(page)).withMessageContaining(Report.BEGIN);
    }

    private static Report report() {
        Results results = new Results();
        List<Sample> trivial = List.of(RowTest.sample(100, 1, 0));
        List<Sample> ours = List.of(RowTest.sample(160, 1, 0));
        for (Cell cell : List.of(Cell.ONE, Cell.MIDDLE, Cell.ASYNC)) {
            results.rows().add(new Row(cell, Contender.TRIVIAL, trivial, trivial));
            results.rows().add(new Row(cell, Promise.OURS, ours, trivial));
            results.rows().add(new Row(cell, "parked and woken " + Contender.LIMIT, ours, trivial));
        }
        results.waits()
                .add(new Waits.Row(
                        Promise.OURS,
                        List.of(
                                new Waits.Sample(49, 1, 1_000, 1_040, 0),
                                new Waits.Sample(49, 1.2, 1_000, 1_100, 0.005),
                                new Waits.Sample(48, 0.9, 1_000, 1_010, 0))));
        results.memory().add(new Memory.Row(Promise.OURS, List.of(380L, 1_100L, 8_300L)));
        results.wire().add(new Wire.Speed("without it", 250_000));
        Origin origin = new Origin(LocalDate.of(2026, 12, 1), "1ee4ba7", Origin.Tree.DIRTY, "AMD EPYC");
        return new Report(origin, "From a test.", results);
    }
}
