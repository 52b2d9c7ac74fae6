package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.MarginSource;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.autoconfigure.metrics.ReverseRateLimiterMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** {@code margin: auto}, for one limiter or for all. */
class LearntMarginPropertiesTest {

    private static final String GITHUB = "reverse-rate-limiter.limiters.github.";

    private static ApplicationContextRunner github(String... properties) {
        return Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.store=memory", GITHUB + "limit=5", GITHUB + "window=1s")
                .withPropertyValues(properties);
    }

    private static void settings(Consumer<LimiterSettings> check, String... properties) {
        github(properties)
                .run(context -> check.accept(context.getBean(ReverseRateLimiter.class)
                        .named("github")
                        .settings()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "AUTO", " auto "})
    void isLearntByOneLimiter(String text) {
        settings(
                settings -> {
                    assertThat(settings.marginSource()).isEqualTo(MarginSource.LEARNT);
                    assertThat(settings.margin()).isEqualTo(Duration.ofMillis(25));
                },
                GITHUB + "margin=" + text);
    }

    @Test
    void isLearntByAllThatStateNone() {
        settings(
                settings -> assertThat(settings.marginSource()).isEqualTo(MarginSource.LEARNT),
                "reverse-rate-limiter.margin=auto");
    }

    @Test
    void isNotLearntWhereOneIsStated() {
        settings(
                settings -> {
                    assertThat(settings.marginSource()).isEqualTo(MarginSource.STATED);
                    assertThat(settings.margin()).isEqualTo(Duration.ofMillis(7));
                },
                "reverse-rate-limiter.margin=auto",
                GITHUB + "margin=7ms");
    }

    @Test
    void beginsWithinAShortWindow() {
        settings(
                settings -> assertThat(settings.margin()).isEqualTo(Duration.ofMillis(10)),
                GITHUB + "margin=auto",
                GITHUB + "window=10ms");
    }

    @Test
    void isNotStatedForAKeyWhereTheLimiterLearns() {
        github(GITHUB + "margin=auto", GITHUB + "keys.acme.margin=7ms")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("reverse-rate-limiter.limiters.github.keys.acme: margin must not be given for a key"
                                + " where that of the limiter is auto but was '7ms': leave it out: the margin is learnt"
                                + " for all keys"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reverse-rate-limiter.margin", GITHUB + "margin"})
    void isADurationOrAuto(String property) {
        github(property + "=automatic")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "margin must be a duration or auto but was 'automatic': give 25ms, for example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reverse-rate-limiter.margin", GITHUB + "margin"})
    void needsAUnit(String property) {
        github(property + "=25")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("25 has no unit"));
    }

    @Test
    void isAGauge() {
        Contexts.counting(new InMemoryCreditStore())
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues(GITHUB + "limit=5", GITHUB + "window=1s", GITHUB + "margin=auto")
                .run(context -> Awaitility.await()
                        .untilAsserted(() -> assertThat(context.getBean(MeterRegistry.class)
                                        .get("reverse.rate.limiter.margin")
                                        .tags("limiter", "github")
                                        .gauge()
                                        .value())
                                .isEqualTo(0.025)));
    }
}
