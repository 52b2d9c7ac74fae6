package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.spring.Analyses;
import io.github.reverseratelimiter.spring.Contexts;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

class ReverseRateLimiterPropertiesTest {

    private static final String ONE = "limiters.github.";
    private static final String FIVE_A_SECOND = ONE + "limit=5 " + ONE + "window=1s ";

    @Test
    void haveDefaults() {
        Contexts.bare().withPropertyValues("reverse-rate-limiter.enabled=false").run(context -> {
            ReverseRateLimiterProperties properties = context.getBean(ReverseRateLimiterProperties.class);

            assertThat(properties.store()).isEqualTo(ReverseRateLimiterProperties.Store.REDIS);
            assertThat(properties.keyPrefix()).isEqualTo("rrl:");
            assertThat(properties.hashTag()).isEmpty();
            assertThat(properties.hashKeys()).isNull();
            assertThat(properties.storeTimeout()).isEqualTo(Duration.ofMillis(250));
            assertThat(properties.onStoreFailure()).isEqualTo(OnStoreFailure.DENY);
            assertThat(properties.expectedInstances()).isNull();
            assertThat(properties.margin()).hasToString("25ms");
            assertThat(properties.maxWaiters()).isEqualTo(1_000);
            assertThat(properties.lease()).isNull();
            assertThat(properties.longestCall()).isNull();
            assertThat(properties.limitsCache()).isEqualTo(Duration.ofSeconds(10));
            assertThat(properties.redisConnectionFactory()).isNull();
            assertThat(properties.limiters()).isEmpty();
        });
    }

    @Test
    void areOnByDefault() {
        Contexts.memory()
                .run(context -> assertThat(context.getBean(ReverseRateLimiterProperties.class)
                                .enabled())
                        .isTrue());
    }

    @Test
    void takeZeroWithoutAUnit() {
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.margin=0")
                .run(context -> assertThat(context.getBean(ReverseRateLimiterProperties.class)
                                .margin()
                                .start())
                        .isZero());
    }

    @Test
    void leaveDurationsOfOthersAlone() {
        Contexts.memory()
                .withPropertyValues("others.delay=60")
                .withUserConfiguration(OthersConfiguration.class)
                .run(context ->
                        assertThat(context.getBean(Others.class).delay()).isEqualTo(Duration.ofMillis(60)));
    }

    @ConfigurationProperties("others")
    record Others(Duration delay) {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(Others.class)
    static class OthersConfiguration {}

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("store=rediss", "reverse-rate-limiter.store", "rediss", "REDIS"),
                wrong("key-prefix=", "key-prefix must not be blank", "rrl:"),
                wrong("hash-tag={app}", "hash-tag must hold no braces", "'{app}'", "leave them out"),
                wrong("hash-tag=app key-prefix={}:", "key-prefix must not hold {}", "'{}:'", "leave them out"),
                wrong("store-timeout=0s", "store-timeout must be positive", "'0ms'", "give 250ms"),
                wrong("store-timeout=-1s", "store-timeout must be positive", "'-1000ms'", "give 250ms"),
                wrong("store-timeout=soon", "reverse-rate-limiter.store-timeout", "soon"),
                wrong("margin=-1ms", "margin must not be negative", "'-1ms'", "give 0ms"),
                wrong("max-waiters=-1", "max-waiters must be at least 0", "'-1'", "0 lets nobody wait"),
                wrong(
                        "lease=999ms",
                        "lease must be at least four times the store-timeout",
                        "'999ms'",
                        "give 1000ms or more"),
                wrong("lease=30s store-timeout=8s", "lease must be at least four times", "'30000ms'", "give 32000ms"),
                wrong("lease=-1s", "lease must be at least four times", "'-1000ms'", "give 1000ms"),
                wrong("lease=25h", "lease must be at most 1d", "'90000000ms'", "give 30s"),
                wrong("lease=30", "reverse-rate-limiter.lease", "30 has no unit"),
                wrong(
                        "longest-call=29s",
                        "longest-call must be at least the lease",
                        "'29000ms'",
                        "give the longest time"),
                wrong(
                        "lease=5s longest-call=4s",
                        "longest-call must be at least the lease",
                        "'4000ms'",
                        "shorter lease"),
                wrong("longest-call=400d", "longest-call must be at most 366d", "'34560000000ms'", "give the longest"),
                wrong(
                        FIVE_A_SECOND + ONE + "max-in-flight=0",
                        "reverse-rate-limiter.limiters.github",
                        "max-in-flight must be from 1 to 100000 but was 0"),
                wrong(
                        FIVE_A_SECOND + ONE + "longest-delay=-1s",
                        "reverse-rate-limiter.limiters.github",
                        "longest-delay must be from 0s to 366d but was -1s"),
                wrong("remember-denials=2s", "remember-denials must be from 0ms to 1s", "'2000ms'", "give 5ms"),
                wrong("remember-denials=-1ms", "remember-denials must be from 0ms to 1s", "'-1ms'", "give 5ms"),
                wrong("limits-cache=-1s", "limits-cache must not be negative", "'-1000ms'", "give 0s"),
                wrong("limits-cache=10", "reverse-rate-limiter.limits-cache", "10 has no unit"),
                wrong("store-timeout=109500d", "store-timeout must be at most 1h", "'9460800000000ms'", "give 250ms"),
                wrong("store-timeout=2h", "store-timeout must be at most 1h", "'7200000ms'", "give 250ms"),
                wrong("margin=400d", "margin must be at most 366d", "'34560000000ms'", "give 25ms"),
                wrong(
                        "store-timout=1s",
                        "There is no property reverse-rate-limiter.store-timout (\"1s\" in ",
                        "Correct its name, or remove it",
                        "store-timeout"),
                wrong(
                        "on-store-failures=deny",
                        "There is no property reverse-rate-limiter.on-store-failures (\"deny\" in ",
                        "[enabled, store, key-prefix, hash-tag, hash-keys, store-timeout, on-store-failure, expected-instances,"
                                + " margin, max-waiters, remember-denials, lease, longest-call, limits-cache,"
                                + " redis-connection-factory, self-test, advice, misuse, limiters, web]"),
                wrong(
                        "web.enabeld=false",
                        "There is no property reverse-rate-limiter.web.enabeld (\"false\" in ",
                        "the properties here are [enabled]"),
                wrong(
                        FIVE_A_SECOND + ONE + "limt=5",
                        "There is no property reverse-rate-limiter.limiters.github.limt",
                        "[limits, limit, window, max-wait, margin, retries, retry-interval, count-until, max-in-flight, pace, longest-delay, on-store-failure,"
                                + " keys]"),
                wrong(
                        ONE + "limits[0].limit=5 " + ONE + "limits[0].window=1s " + ONE + "limits[0].windw=1s",
                        "There is no property reverse-rate-limiter.limiters.github.limits[0].windw",
                        "[limit, window]"),
                wrong(
                        "limiters.github.api.limit=5 limiters.github.api.window=1s",
                        "There is no property reverse-rate-limiter.limiters.github.api.limit (\"5\" in ",
                        "There is no property reverse-rate-limiter.limiters.github.api.window (\"1s\" in ",
                        "reverse-rate-limiter.limiters.[github.api], in YAML \"[github.api]\":"),
                wrong(
                        ONE + "limit=5 " + ONE + "window=60",
                        "reverse-rate-limiter.limiters.github.window",
                        "60 has no unit: write 60s or 60ms, for example"),
                wrong(
                        ONE + "limits[0].limit=5 " + ONE + "limits[0].window=+60",
                        "reverse-rate-limiter.limiters.github.limits[0].window",
                        "+60 has no unit"),
                wrong("store-timeout=250", "reverse-rate-limiter.store-timeout", "250 has no unit"),
                wrong("margin=${a.margin:25}", "reverse-rate-limiter.margin", "25 has no unit"),
                wrong(FIVE_A_SECOND + ONE + "max-wait=2", "reverse-rate-limiter.limiters.github.max-wait", "2 has no"),
                wrong(
                        ONE + "limit=0 " + ONE + "window=1s",
                        "reverse-rate-limiter.limiters.github",
                        "limit must be at least 1 but was 0",
                        "give"),
                wrong(ONE + "limit=-3 " + ONE + "window=1s", "github", "limit must be at least 1 but was -3"),
                wrong(ONE + "limit=2147483648 " + ONE + "window=1s", "github", "2147483647 but was 2147483648", "give"),
                wrong(
                        ONE + "limit=5",
                        "reverse-rate-limiter.limiters.github",
                        "limit must not be given alone",
                        "window"),
                wrong(
                        ONE + "window=1s",
                        "reverse-rate-limiter.limiters.github",
                        "window must not be given alone",
                        "limit"),
                wrong(ONE + "limit=5 " + ONE + "window=0s", "github", "window must be at least 1ms but was 0s", "give"),
                wrong(ONE + "limit=5 " + ONE + "window=-1s", "github", "window must be at least 1ms but was -1s"),
                wrong(
                        ONE + "limit=5 " + ONE + "window=PT0.0005S",
                        "github",
                        "window must be at least 1ms but was 0.5ms"),
                wrong(ONE + "limit=5 " + ONE + "window=109500d", "github", "window must be at most 366d"),
                wrong(
                        ONE + "limit=5 " + ONE + "window=minute",
                        "reverse-rate-limiter.limiters.github.window",
                        "minute"),
                wrong(
                        ONE + "limits[0].limit=0 " + ONE + "limits[0].window=1s",
                        "reverse-rate-limiter.limiters.github.limits[0]",
                        "limit must be at least 1 but was 0"),
                wrong(
                        ONE + "limits[0].limit=5",
                        "reverse-rate-limiter.limiters.github.limits[0]",
                        "window must be given"),
                wrong(
                        ONE + "limits[0].limit=5 " + ONE + "limits[0].window=1s " + FIVE_A_SECOND,
                        "reverse-rate-limiter.limiters.github",
                        "limit and window must not be given beside limits",
                        "add them to limits"),
                wrong(
                        ONE + "limits[0].limit=5 " + ONE + "limits[0].window=1s " + ONE + "limits[1].limit=6 " + ONE
                                + "limits[1].window=1000ms",
                        "reverse-rate-limiter.limiters.github",
                        "two limits have the same window",
                        "keep the smaller"),
                wrong(ONE + "max-wait=1s", "reverse-rate-limiter.limiters.github", "limits must be given"),
                wrong(FIVE_A_SECOND + ONE + "max-wait=-1s", "github", "maxWait must not be negative but was -1s"),
                wrong(FIVE_A_SECOND + ONE + "retries=-1", "github", "retries must be at least 0 but was -1"),
                wrong(FIVE_A_SECOND + ONE + "retry-interval=1s", "github", "retry-interval needs retries", "'1000ms'"),
                wrong(
                        FIVE_A_SECOND + ONE + "retries=1 " + ONE + "retry-interval=-1s",
                        "github",
                        "retryInterval must not be negative but was -1s"),
                wrong(FIVE_A_SECOND + ONE + "margin=-1ms", "github", "margin must not be negative but was -1ms"),
                wrong(FIVE_A_SECOND + ONE + "margin=2s", "github", "margin must not be longer than the window"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.[acme.com].limit=0 " + ONE + "keys.[acme.com].window=1s",
                        "reverse-rate-limiter.limiters.github.keys[acme.com]",
                        "limit must be at least 1 but was 0"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.limit=9",
                        "reverse-rate-limiter.limiters.github.keys.acme",
                        "limit must not be given alone"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.limits[0].limit=9",
                        "reverse-rate-limiter.limiters.github.keys.acme.limits[0]",
                        "window must be given"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.margin=2s",
                        "reverse-rate-limiter.limiters.github.keys.acme: margin must not be longer than the window",
                        "give a margin of at most 1s"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.max-wait=-1s",
                        "reverse-rate-limiter.limiters.github.keys.acme",
                        "maxWait must not be negative but was -1s"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.retry-interval=1s",
                        "reverse-rate-limiter.limiters.github.keys.acme",
                        "retry-interval needs retries"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.window=60 " + ONE + "keys.acme.limit=1",
                        "reverse-rate-limiter.limiters.github.keys.acme.window",
                        "60 has no unit"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.limt=9",
                        "There is no property reverse-rate-limiter.limiters.github.keys.acme.limt",
                        "[limits, limit, window, max-wait, margin, retries, retry-interval, max-in-flight]."),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.limits[0].limit=5 " + ONE + "keys.acme.limits[0].window=1s "
                                + ONE + "keys.acme.limits[0].windw=1s",
                        "There is no property reverse-rate-limiter.limiters.github.keys.acme.limits[0].windw",
                        "[limit, window]"),
                wrong(
                        FIVE_A_SECOND + ONE + "keys.acme.com.limit=5 " + ONE + "keys.acme.com.window=1s",
                        "There is no property reverse-rate-limiter.limiters.github.keys.acme.com.limit",
                        "If 'acme.com' is a key, write it in brackets:"
                                + " reverse-rate-limiter.limiters.github.keys.[acme.com]"),
                wrong(
                        "limiters.[git%hub].limit=5 limiters.[git%hub].window=1s",
                        "limiters.git%hub", "limiter name must be made of letters", "leave out '%'"));
    }

    private static Arguments wrong(String properties, String... said) {
        return Arguments.of(properties, List.of(said));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void stopTheStartWhereTheyAreWrong(String properties, List<String> said) {
        String[] pairs = Stream.of(properties.trim().split("\\s+"))
                .map(pair -> "reverse-rate-limiter." + pair)
                .toArray(String[]::new);
        Contexts.memory().withPropertyValues(pairs).run(context -> {
            assertThat(context).hasFailed();

            String analysis = Analyses.of(context.getStartupFailure());

            assertThat(said).allSatisfy(part -> assertThat(analysis).contains(part));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hash-keys.secret=",
                "hash-keys.secret=canary",
                "hash-keys.secret=canary-of-31-characters-exactly",
                "hash-keys.secrte=canary",
                "hash-key.secret=canary",
                "hash-keys="
            })
    void stopTheStartWithoutTellingTheSecret(String property) {
        Contexts.memory().withPropertyValues("reverse-rate-limiter." + property).run(context -> {
            assertThat(context).hasFailed();

            Throwable failure = context.getStartupFailure();
            assertThat(Analyses.of(failure))
                    .contains("reverse-rate-limiter.hash-key")
                    .doesNotContain("canary");
            assertThat(failure).extracting(Throwables::getStackTrace, STRING).doesNotContain("canary");
        });
    }

    @Test
    void doNotTellTheSecret() {
        String secret = "a secret of more than 32 characters";
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.hash-keys.secret=" + secret)
                .run(context -> assertThat(context.getBean(ReverseRateLimiterProperties.class)
                                .toString())
                        .contains("hashKeys")
                        .doesNotContain(secret));
    }
}
