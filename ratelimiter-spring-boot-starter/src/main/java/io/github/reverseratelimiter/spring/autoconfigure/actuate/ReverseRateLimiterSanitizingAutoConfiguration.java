package io.github.reverseratelimiter.spring.autoconfigure.actuate;

import java.util.Locale;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Hides the secret of {@code hash-keys} in the endpoints {@code env} and {@code configprops}, also where they show values:
 * who knows it can try keys until the hash fits.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class ReverseRateLimiterSanitizingAutoConfiguration {

    /** However the property is written: in YAML, or as a variable of the environment. */
    private static final String SECRET = "reverseratelimiterhashkeys";

    ReverseRateLimiterSanitizingAutoConfiguration() {}

    @Bean
    SanitizingFunction reverseRateLimiterSanitizingFunction() {
        return data ->
                data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "").startsWith(SECRET)
                        ? data.withSanitizedValue()
                        : data;
    }
}
