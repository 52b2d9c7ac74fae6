package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * FAULTS row 46: what {@code /actuator/health} tells of the limiter, in a running application with probes. It is in neither
 * probe's group: an instance whose Redis is away does what the policy says.
 */
class HealthEndpointIT {

    private static final String INDICATOR = "reverseRateLimiter";

    private static FragileRedis redis;
    private static WebApplication application;
    private static ReverseRateLimiter limiter;

    @BeforeAll
    static void start() {
        redis = FragileRedis.start("user app on nopass ~* +@all");
        application = WebApplication.start(
                WebApplicationType.SERVLET,
                List.of(Empty.class),
                "reverse-rate-limiter.store=redis",
                "spring.data.redis.port=" + redis.port(),
                "spring.data.redis.username=app",
                "spring.data.redis.password=any",
                "management.health.redis.enabled=false",
                "management.endpoint.health.probes.enabled=true",
                "management.endpoint.health.show-details=always",
                "reverse-rate-limiter.limiters.github.limit=1000",
                "reverse-rate-limiter.limiters.github.window=1h",
                "reverse-rate-limiter.limiters.slack.limit=1000",
                "reverse-rate-limiter.limiters.slack.window=1h",
                "reverse-rate-limiter.limiters.slack.on-store-failure=allow",
                "reverse-rate-limiter.limiters.stripe.limit=1000",
                "reverse-rate-limiter.limiters.stripe.window=1h",
                "reverse-rate-limiter.limiters.stripe.on-store-failure=local",
                "reverse-rate-limiter.expected-instances=1");
        limiter = application.context().getBean(ReverseRateLimiter.class);
        await().until(HealthEndpointIT::decides);
    }

    @AfterAll
    static void stop() {
        application.close();
        redis.close();
    }

    private static boolean decides() {
        return limiter.named("github").acquire("acme") instanceof Granted;
    }

    private static String body(String path) throws Exception {
        return application.get(path).body();
    }

    private static Map<String, Object> details() throws Exception {
        return JsonPath.read(body("/actuator/health"), "$.components." + INDICATOR + ".details");
    }

    /** Asked is who decides on that: a probe's answer names no members. */
    private static boolean isIn(String group, String indicator) {
        Object groups = application
                .context()
                .getBean(Contexts.generation(
                        "org.springframework.boot.actuate.health.HealthEndpointGroups",
                        "org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups"));
        Object members = ReflectionTestUtils.invokeMethod(groups, "get", group);
        return Boolean.TRUE.equals(ReflectionTestUtils.invokeMethod(members, "isMember", indicator));
    }

    @Test
    void isInNeitherGroupOfTheProbes() throws Exception {
        assertThat(body("/actuator/health")).contains("\"" + INDICATOR + "\"", "\"readiness\"", "\"liveness\"");

        assertThat(isIn("readiness", "readinessState")).isTrue();
        assertThat(isIn("readiness", INDICATOR)).isFalse();
        assertThat(isIn("liveness", "livenessState")).isTrue();
        assertThat(isIn("liveness", INDICATOR)).isFalse();
    }

    @Test
    void spendsNoCreditAndAsksRedisForNone() throws Exception {
        int remaining = limiter.named("github").acquire("counted").remaining();
        redis.send("CONFIG RESETSTAT");

        for (int i = 0; i < 100; i++) {
            assertThat(body("/actuator/health/" + INDICATOR)).contains("\"UP\"");
        }

        assertThat(redis.answer("INFO commandstats", Pattern.compile("(?s)cmdstat_.*\r\n\r\n"))
                        .group())
                .doesNotContain("cmdstat_eval");
        assertThat(limiter.named("github").acquire("counted").remaining()).isEqualTo(remaining - 1);
    }

    @Test
    void isUpWithThePoliciesWhileRedisDecides() throws Exception {
        assertThat(details())
                .isEqualTo(Map.of(
                        "state", "up",
                        "on-store-failure", "deny",
                        "on-store-failure of slack", "allow",
                        "on-store-failure of stripe", "local"));
    }

    @Test
    void isUpButDegradedWithThePoliciesWhileRedisIsAway() throws Exception {
        redis.kill();
        try {
            await().untilAsserted(() -> {
                decides();
                assertThat(details())
                        .containsEntry("state", "degraded")
                        .containsEntry("on-store-failure", "deny")
                        .containsEntry("on-store-failure of slack", "allow")
                        .containsEntry("on-store-failure of stripe", "local")
                        .containsKeys("reason", "cause");
            });
            HttpResponse<String> ours = application.get("/actuator/health/" + INDICATOR);
            assertThat(ours.statusCode()).isEqualTo(200);
            assertThat(ours.body()).contains("\"UP\"");
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
        } finally {
            redis.restart();
        }
        await().untilAsserted(() -> {
            decides();
            assertThat(details()).containsEntry("state", "up").doesNotContainKey("cause");
        });
    }

    @Test
    void saysThatItIsMisconfiguredWhileRedisRefuses() throws Exception {
        redis.send("ACL SETUSER app -evalsha -eval");
        try {
            await().untilAsserted(() -> assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(HealthEndpointIT::decides));

            assertThat(details()).containsEntry("state", "misconfigured").containsEntry("reason", "access");
            assertThat(application.get("/actuator/health/readiness").statusCode())
                    .isEqualTo(200);
        } finally {
            redis.awaitAnswer("ACL SETUSER app +@all", "OK");
        }
        await().until(HealthEndpointIT::decides);
        assertThat(details()).containsEntry("state", "up").doesNotContainKey("cause");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}
}
