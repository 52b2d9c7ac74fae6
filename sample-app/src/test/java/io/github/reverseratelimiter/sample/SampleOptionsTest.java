package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SampleOptionsTest {

    @Test
    void widensTheWindowByTheMargin() {
        SampleOptions options = options(4);

        assertThat(options.quota()).isEqualTo(RateLimit.of(5, Duration.ofSeconds(1)));
        assertThat(options.paced()).isEqualTo(RateLimit.of(5, Duration.ofMillis(1025)));
    }

    @Test
    void refusesToRunWithoutInstances() {
        assertThatThrownBy(() -> options(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sample.instances must be at least 1 but was 0");
    }

    @Test
    void givesEveryScenarioItsOwnAccount() {
        assertThat(Scenario.all(options(4)).stream()
                        .map(scenario -> scenario.options().account()))
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    private static SampleOptions options(int instances) {
        return new SampleOptions(
                "acme",
                5,
                Duration.ofSeconds(1),
                Duration.ofMillis(25),
                Duration.ofSeconds(60),
                Duration.ZERO,
                instances,
                4,
                20,
                1,
                true,
                false);
    }
}
