package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ReflectionUtils;

/** What an IDE tells about the properties. */
class MetadataTest {

    @Test
    void knowsEveryProperty() throws IOException {
        List<String> components = components("reverse-rate-limiter.", ReverseRateLimiterProperties.class)
                .toList();

        assertThat(properties())
                .extracting(property -> property.get("name"))
                .filteredOn(name -> String.valueOf(name).startsWith("reverse-rate-limiter."))
                .containsExactlyInAnyOrderElementsOf(components);
    }

    /** Spring Boot reads it, so that no class of ours holds it. */
    @Test
    void knowsThePropertyOfTheHealthIndicator() throws IOException {
        assertThat(properties())
                .filteredOn(property -> String.valueOf(property.get("name")).startsWith("management."))
                .singleElement()
                .satisfies(property -> assertThat(property)
                        .containsEntry("name", "management.health.reverse-rate-limiter.enabled")
                        .containsEntry("type", "java.lang.Boolean")
                        .containsEntry("defaultValue", true));
    }

    @Test
    void describesEveryProperty() throws IOException {
        assertThat(properties())
                .allSatisfy(property -> assertThat((String) property.get("description"))
                        .as("description of %s", property.get("name"))
                        .isNotBlank());
    }

    /** Most stand twice: in the record, and among the additional metadata. */
    @Test
    void tellsTheDefaultsThatThereAre() throws IOException {
        Map<String, String> told = new HashMap<>();
        for (Map<String, Object> property : properties()) {
            if (property.get("defaultValue") != null) {
                told.put(String.valueOf(property.get("name")), String.valueOf(property.get("defaultValue")));
            }
        }

        ReverseRateLimiterProperties defaults = bound(Map.of());
        assertThat(bound(told)).hasToString(defaults.toString());
        assertThat(told.keySet())
                .filteredOn(name -> name.startsWith("reverse-rate-limiter."))
                .containsExactlyInAnyOrderElementsOf(
                        withDefault("reverse-rate-limiter.", defaults).toList());
    }

    @Test
    void describesInTheStyleOfSpringBoot() throws IOException {
        assertThat(properties()).allSatisfy(property -> {
            String description = String.valueOf(property.get("description"));
            assertThat(description)
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A ")
                    .endsWith(".");
            if ("java.lang.Boolean".equals(property.get("type"))) {
                assertThat(description).startsWith("Whether ");
            }
        });
    }

    private static Stream<String> components(String prefix, Class<?> properties) {
        return Arrays.stream(properties.getRecordComponents()).flatMap(component -> {
            String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
            return component.getType().isRecord() ? components(name + ".", component.getType()) : Stream.of(name);
        });
    }

    private static ReverseRateLimiterProperties bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("reverse-rate-limiter", ReverseRateLimiterProperties.class);
    }

    /** A map has none that could be told. */
    private static Stream<String> withDefault(String prefix, Record defaults) {
        return Arrays.stream(defaults.getClass().getRecordComponents()).flatMap(component -> {
            Object value = ReflectionUtils.invokeMethod(component.getAccessor(), defaults);
            String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
            if (value instanceof Record nested) {
                return withDefault(name + ".", nested);
            }
            return value == null || value instanceof Map ? Stream.empty() : Stream.of(name);
        });
    }

    private static List<Map<String, Object>> properties() throws IOException {
        for (URL url : Collections.list(
                MetadataTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = url.openStream()) {
                List<Map<String, Object>> ours =
                        JsonPath.parse(in).read("$.properties[?(@.name =~ /.*reverse-rate-limiter.*/)]");
                if (!ours.isEmpty()) {
                    return ours;
                }
            }
        }
        throw new AssertionError("no metadata");
    }
}
