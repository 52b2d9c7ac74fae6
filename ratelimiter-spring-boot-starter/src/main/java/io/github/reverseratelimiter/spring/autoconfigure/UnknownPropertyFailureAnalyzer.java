package io.github.reverseratelimiter.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains a misspelt property; Spring Boot's own analyzer says neither what there is nor what to do. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    private static final ConfigurationPropertyName OURS =
            ConfigurationPropertyName.of(ReverseRateLimiterProperties.PREFIX);
    private static final String KEYS = "keys";

    /** So begins what is a secret, or was to be one. */
    private static final String HASH = "hash";

    private static final int LIMITER_NAME = 2;

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> ours = cause.getUnboundProperties().stream()
                .filter(property -> OURS.isAncestorOf(property.getName()))
                .toList();
        if (ours.isEmpty()) {
            return null;
        }
        String problems =
                ours.stream().map(UnknownPropertyFailureAnalyzer::problem).collect(Collectors.joining("\n"));
        Set<String> remedies = new LinkedHashSet<>();
        ours.forEach(property -> remedies.add(remedy(property.getName())));
        return new FailureAnalysis(problems, String.join("\n", remedies), cause);
    }

    private static String problem(ConfigurationProperty property) {
        String value = property.getName().getElement(1, Form.UNIFORM).startsWith(HASH)
                ? "******"
                : String.valueOf(property.getValue());
        return "There is no property " + property.getName() + " (\"" + value + "\""
                + (property.getOrigin() == null ? "" : " in " + property.getOrigin()) + ").";
    }

    private static String remedy(ConfigurationPropertyName name) {
        List<String> elements = IntStream.range(0, name.getNumberOfElements())
                .mapToObj(i -> name.getElement(i, Form.ORIGINAL))
                .toList();
        if (elements.size() == LIMITER_NAME + 1 && elements.get(1).equals("web")) {
            return correct(ReverseRateLimiterProperties.Web.class);
        }
        if (elements.size() == LIMITER_NAME + 1 && elements.get(1).equals("hash-keys")) {
            return correct(ReverseRateLimiterProperties.HashKeys.class);
        }
        if (elements.size() <= LIMITER_NAME || !elements.get(1).equals("limiters")) {
            return correct(ReverseRateLimiterProperties.class);
        }
        return remedy(elements, LIMITER_NAME, ReverseRateLimiterProperties.Limiter.class);
    }

    /** Below a name, of a limiter or of a key: what may stand there, or what ends a name that holds dots. */
    private static String remedy(List<String> elements, int name, Class<?> properties) {
        List<String> known = namesOf(properties);
        for (int i = name + 1; i < elements.size(); i++) {
            if (!known.contains(elements.get(i))) {
                continue;
            }
            if (i > name + 1) {
                return bracket(elements, name, i);
            }
            return elements.get(i).equals(KEYS) && i + 2 < elements.size()
                    ? remedy(elements, i + 1, ReverseRateLimiterProperties.Key.class)
                    : correct(ReverseRateLimiterProperties.Limit.class);
        }
        return correct(properties);
    }

    private static String correct(Class<?> properties) {
        return "Correct its name, or remove it: the properties here are " + namesOf(properties) + ".";
    }

    private static String bracket(List<String> elements, int from, int to) {
        String name = String.join(".", elements.subList(from, to));
        String map = elements.get(from - 1);
        return "If '" + name + "' is " + (map.equals(KEYS) ? "a key" : "the name of a limiter")
                + ", write it in brackets: " + String.join(".", elements.subList(0, from)) + ".[" + name
                + "], in YAML \"[" + name + "]\": below " + map + ".";
    }

    private static List<String> namesOf(Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents())
                .map(RecordComponent::getName)
                .map(DataObjectPropertyName::toDashedForm)
                .toList();
    }
}
