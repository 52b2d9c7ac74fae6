package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

    @Test
    void comparesEachRoundWithTheYardsticksSameRound() {
        Row row = new Row(
                Cell.ONE,
                "ours",
                List.of(sample(90, 1, 0), sample(20, 1, 0), sample(60, 1, 0)),
                List.of(sample(100, 1, 0), sample(20, 1, 0), sample(50, 1, 0)));
        assertThat(row.speed()).isEqualTo(1, within(1e-9));
        assertThat(row.median(Sample::callsPerSecond)).isEqualTo(60, within(1e-9));
    }

    @Test
    void remarksOnDenialsWhereAllShouldBeGranted() {
        assertThat(of(Cell.ONE, 0.9, 0).remarks()).isEqualTo(" (10.0 % denied)");
        assertThat(of(Cell.ONE, 1, 0).remarks()).isEmpty();
    }

    @Test
    void remarksOnGrantsWhereNoneShouldBe() {
        assertThat(of(Cell.DENIED, 0.25, 0).remarks()).isEqualTo(" (25.0 % granted)");
        assertThat(of(Cell.DENIED, 0, 0).remarks()).isEmpty();
    }

    @Test
    void remarksOnFailures() {
        assertThat(of(Cell.ONE, 1, 3).remarks()).isEqualTo(" (3 failed)");
    }

    private static Row of(Cell cell, double granted, long failed) {
        List<Sample> samples = List.of(sample(1, granted, failed));
        return new Row(cell, "ours", samples, samples);
    }

    static Sample sample(double callsPerSecond, double granted, long failed) {
        return new Sample(callsPerSecond, granted, failed, 10, 20, 1, 5, 3, 2, 900);
    }
}
