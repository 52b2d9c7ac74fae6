package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlotTest {

    @Test
    void putsNoNumberOntoTheLineOfTheGoal() {
        assertThat(Plot.besideTheGoal(100, "1.60", 110)).isEqualTo(114);
        assertThat(Plot.besideTheGoal(100, "1.60", 98)).isEqualTo(102);
        assertThat(Plot.besideTheGoal(100, "1.60", 90)).isEqualTo(100);
        assertThat(Plot.besideTheGoal(100, "1.60", 140)).isEqualTo(100);
        assertThat(Plot.besideTheGoal(100, "1.60", Double.NaN)).isEqualTo(100);
    }
}
