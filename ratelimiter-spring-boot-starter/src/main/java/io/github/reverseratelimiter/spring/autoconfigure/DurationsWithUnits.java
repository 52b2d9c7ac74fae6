package io.github.reverseratelimiter.spring.autoconfigure;

import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Refuses durations of ours that have no unit: Spring Boot reads 60 as milliseconds, and {@code window: 60} would limit
 * nothing that its author meant. Zero needs none.
 */
final class DurationsWithUnits implements ConfigurationPropertiesBindHandlerAdvisor {

    private static final ConfigurationPropertyName OURS =
            ConfigurationPropertyName.of(ReverseRateLimiterProperties.PREFIX);
    private static final Pattern BARE_NUMBER = Pattern.compile("\\s*[+-]?0*[1-9]\\d*\\s*");

    private final PropertySourcesPlaceholdersResolver placeholders;

    DurationsWithUnits(Environment environment) {
        this.placeholders = new PropertySourcesPlaceholdersResolver(environment);
    }

    @Override
    public BindHandler apply(BindHandler next) {
        return new AbstractBindHandler(next) {
            @Override
            public Object onSuccess(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
                ConfigurationProperty property = context.getConfigurationProperty();
                if (result instanceof Duration && property != null && OURS.isAncestorOf(name)) {
                    check(String.valueOf(placeholders.resolvePlaceholders(property.getValue())));
                }
                return super.onSuccess(name, target, context, result);
            }
        };
    }

    /**
     * Checks one as it is written.
     *
     * @throws IllegalArgumentException if it is a number other than zero
     */
    static void check(String text) {
        if (BARE_NUMBER.matcher(text).matches()) {
            String number = text.trim();
            throw new IllegalArgumentException(
                    number + " has no unit: write " + number + "s or " + number + "ms, for example");
        }
    }
}
