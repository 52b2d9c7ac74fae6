package io.github.reverseratelimiter.spring.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.spring.Contexts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** FAULTS row 43: endpoints that show values do not show the secret of hash-keys. */
class ReverseRateLimiterSanitizingAutoConfigurationTest {

    private static ApplicationContextRunner application() {
        return Contexts.memory()
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterSanitizingAutoConfiguration.class));
    }

    private static Object shown(SanitizingFunction function, String property) {
        Sanitizer sanitizer = new Sanitizer(List.of(function));
        return sanitizer.sanitize(new SanitizableData(null, property, "value"), true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reverse-rate-limiter.hash-keys.secret", "REVERSE_RATE_LIMITER_HASHKEYS_SECRET"})
    void hidesTheSecretHoweverItIsWritten(String property) {
        application()
                .run(context -> assertThat(shown(context.getBean(SanitizingFunction.class), property))
                        .isEqualTo(SanitizableData.SANITIZED_VALUE));
    }

    @Test
    void hidesNothingElse() {
        application()
                .run(context -> assertThat(
                                shown(context.getBean(SanitizingFunction.class), "reverse-rate-limiter.key-prefix"))
                        .isEqualTo("value"));
    }

    @Test
    void staysAwayWithoutTheActuator() {
        application()
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context ->
                        assertThat(context).hasNotFailed().doesNotHaveBean("reverseRateLimiterSanitizingFunction"));
    }
}
