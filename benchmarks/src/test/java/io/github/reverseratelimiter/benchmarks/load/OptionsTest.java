package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void takesUnderTenMinutesUnlessToldOtherwise() {
        assertThat(Options.of("").expected()).isLessThan(Duration.ofMinutes(10));
    }

    @Test
    void readsRoundsSecondsAndCells() {
        Options options = Options.of("seconds=0.1", "rounds=3", "only=denied+async", "limiters=Redisson");
        assertThat(options.effort().round()).isEqualTo(Duration.ofMillis(100));
        assertThat(options.effort().rounds()).isEqualTo(3);
        assertThat(Cell.ALL.stream().filter(cell -> options.wants(cell.title())))
                .containsExactly(Cell.ASYNC, Cell.DENIED);
        assertThat(options.wanted(Contenders.all()))
                .extracting(Contender::title)
                .containsExactly(Contender.TRIVIAL, "Redisson");
    }

    @Test
    void rendersThePageUnlessItIsAPart() {
        assertThat(Options.of("rounds=1").rendered()).contains(Options.PAGE);
        assertThat(Options.of("only=denied").rendered()).isEmpty();
        assertThat(Options.of("limiters=ours").rendered()).isEmpty();
        assertThat(Options.of("only=denied", "page=other.md").rendered()).contains(Path.of("other.md"));
    }

    @Test
    void namesAnOptionThatItDoesNotKnow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of("second=2"))
                .withMessageContaining("second=2")
                .withMessageContaining("give seconds=0.3");
    }
}
