package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {

    @Test
    void hasATableForEachScenarioAndARowForEachLimiter() {
        assertThat(Report.markdown(rows()))
                .contains(
                        "**sliding window, 5/1 s, delay 0** (at best 5 in 1.00 s)",
                        "**sliding window, 5/1 s, delay 0-50 ms** (at best 5 in 1.05 s)")
                .containsOnlyOnce("| ours, margin 75 ms | 2 | 0 (0.0 %) |")
                .contains("| a peer | 2 | 1 (50.0 %) |");
    }

    @Test
    void writesTablesAndAPlotForEachQuota(@TempDir Path directory) throws Exception {
        Report.write(directory, "From a test.", rows());
        assertThat(directory.resolve("at-the-provider.md")).content().startsWith("From a test.");
        Path plot = directory.resolve("at-the-provider-5-per-1s.svg");
        Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Files.newInputStream(plot));
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(plot).content().contains("ours, sufficient margin", "a peer", ">50.0 %<");
    }

    private static List<Row> rows() {
        Scenario near = new Scenario(Kind.SLIDING_WINDOW, Matrix.FIVE, Delay.NONE);
        Scenario far = new Scenario(Kind.SLIDING_WINDOW, Matrix.FIVE, Delay.uniform(0, 50));
        Tally clean = new Tally(List.of(1L, 2L), List.of(1L, 2L));
        Tally refused = new Tally(List.of(1L), List.of(1L, 2L));
        return List.of(
                row(near, Peers.subjects().get(0), refused, "a peer"),
                row(far, Ours.margin(far.sufficientMargin()), clean, ""));
    }

    private static Row row(Scenario scenario, Subject subject, Tally tally, String title) {
        Subject named =
                title.isEmpty() ? subject : new Subject(title, subject.margin(), subject.trips(), subject.opening());
        List<Caller.Seen> seen =
                List.of(new Caller.Seen(List.of(Duration.ofMillis(3).toNanos()), List.of()));
        return new Row(scenario, named, 1, tally, 10, seen, 2);
    }
}
