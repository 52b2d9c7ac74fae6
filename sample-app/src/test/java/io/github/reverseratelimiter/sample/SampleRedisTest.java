package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SampleRedisTest {

    private final StandardEnvironment environment = new StandardEnvironment();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.data.redis.host",
                "spring.data.redis.port",
                "spring.data.redis.url",
                "spring.data.redis.sentinel.master",
                "spring.data.redis.cluster.nodes",
                "spring.data.redis.cluster.nodes[0]"
            })
    void usesTheRedisThatIsGiven(String property) {
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "7000")));

        try (SampleRedis redis = SampleRedis.start(environment)) {
            assertThat(redis).isInstanceOf(SampleRedis.Given.class);
            assertThat(redis.properties()).isEmpty();
        }
    }

    @Test
    void readsTheEnvironmentVariableToo() {
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "test-systemEnvironment", Map.of("SPRING_DATA_REDIS_HOST", "redis.example.org")));

        try (SampleRedis redis = SampleRedis.start(environment)) {
            assertThat(redis).isInstanceOf(SampleRedis.Given.class);
        }
    }

    @Test
    void startsOneWhereOnlyOtherSettingsAreGiven() {
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("spring.data.redis.timeout", "1s")));

        try (SampleRedis redis = SampleRedis.start(environment)) {
            assertThat(redis).isInstanceOf(SampleRedis.Embedded.class);
            assertThat(redis.properties()).containsEntry("spring.data.redis.host", "127.0.0.1");
        }
    }
}
