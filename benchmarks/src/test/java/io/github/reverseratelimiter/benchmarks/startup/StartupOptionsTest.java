package io.github.reverseratelimiter.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class StartupOptionsTest {

    @Test
    void startsEachTwentyTimesUnlessToldOtherwise() {
        assertThat(StartupOptions.of("").runs()).isEqualTo(20);
        assertThat(StartupOptions.of("runs=40").runs()).isEqualTo(40);
    }

    @Test
    void handsAllOptionsToTheJvm() {
        assertThat(StartupOptions.of("jvm=-Xint", "jvm=-Dname=value").jvm()).containsExactly("-Xint", "-Dname=value");
    }

    @Test
    void namesAnOptionThatItDoesNotKnow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StartupOptions.of("run=2"))
                .withMessageContaining("run=2");
    }
}
