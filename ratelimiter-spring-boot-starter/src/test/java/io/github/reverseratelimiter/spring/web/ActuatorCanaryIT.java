package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.spring.Canary;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.metrics.ReverseRateLimiterMeters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * FAULTS rows 43 and 46: a key and the secret of {@code hash-keys} are in no answer of the actuator, over HTTP or JMX, with
 * every endpoint open and every value shown; nor in what the application writes on its console.
 */
@ExtendWith(OutputCaptureExtension.class)
class ActuatorCanaryIT {

    private static final String SECRET = "feedface0123456789abcdef01234567";

    private FragileRedis redis;
    private Proxy proxy;
    private WebApplication application;
    private Canary canary;

    @BeforeEach
    void start() {
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
        List<String> properties = new ArrayList<>(List.of(Canary.properties()));
        properties.addAll(List.of(
                "reverse-rate-limiter.store=redis",
                "reverse-rate-limiter.hash-keys.secret=" + SECRET,
                "spring.data.redis.port=" + proxy.port(),
                "management.health.redis.enabled=false",
                "spring.mvc.log-resolved-exception=true",
                "logging.level.org.apache.catalina.core.ContainerBase=info",
                "spring.jmx.enabled=true",
                "management.endpoints.jmx.exposure.include=*",
                "management.endpoints.web.exposure.include=*",
                "management.endpoint.env.show-values=always",
                "management.endpoint.configprops.show-values=always",
                "management.endpoint.health.show-details=always"));
        application = WebApplication.start(
                WebApplicationType.SERVLET, List.of(Open.class), properties.toArray(String[]::new));
        canary = new Canary(application.context(), redis, proxy);
    }

    @AfterEach
    void stop() {
        application.close();
        proxy.close();
        redis.close();
    }

    @Test
    void isFoundInNoAnswerAndNotOnTheConsole(CapturedOutput console) throws Exception {
        canary.awaitRedis();
        canary.whileRedisDecides();
        List<String> answers = ask();
        canary.whileItRefuses();
        canary.awaitRedis();
        canary.whileItIsAway();
        answers.addAll(ask());
        answers.addAll(canary.said());

        Map<String, String> told = overHttp();
        told.putAll(overJmx());

        // A plan of a key stands in the configuration: only where that is shown, and only that key.
        told.forEach((name, text) -> assertThat(isConfiguration(name) ? text.replace(Canary.PLANNED, "") : text)
                .as(name)
                .doesNotContain(Canary.TEXT)
                .doesNotContain(SECRET));
        assertThat(told.keySet()).anyMatch(name -> name.startsWith("JMX ")).contains("/actuator/threaddump");
        assertThat(String.join("\n", told.values())).contains("store-unavailable", "store-misconfigured", "degraded");
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer).doesNotContain(Canary.TEXT).doesNotContain(SECRET));
        assertThat(String.join("\n", answers)).contains("retry-after", "Service Unavailable");
        assertThat(console.getAll())
                .contains("The store did not decide", "Servlet.service() for servlet")
                .doesNotContain(Canary.TEXT)
                .doesNotContain(SECRET);
    }

    private static boolean isConfiguration(String name) {
        return name.contains("/env")
                || name.contains("/configprops")
                || name.contains("name=Env")
                || name.contains("name=Configprops");
    }

    /** Requests whose key is in a header: what is in a path is shown by the application's own pages. */
    private List<String> ask() throws Exception {
        List<String> answers = new ArrayList<>();
        for (String path : List.of("/limited", "/limited", "/limited", "/outbound", "/outbound", "/outbound")) {
            var answer = application.get(path, "X-Account", Canary.KEY);
            answers.add(answer.statusCode() + " " + answer.headers() + " " + answer.body());
        }
        return answers;
    }

    private Map<String, String> overHttp() throws Exception {
        Map<String, Map<String, Object>> links =
                JsonPath.read(application.get("/actuator").body(), "$._links");
        List<String> paths = new ArrayList<>();
        links.forEach((name, link) -> {
            if (!Boolean.TRUE.equals(link.get("templated"))) {
                paths.add("/actuator" + String.valueOf(link.get("href")).replaceFirst(".*/actuator", ""));
            }
        });
        assertThat(paths)
                .contains("/actuator/health", "/actuator/metrics", "/actuator/env", "/actuator/configprops")
                .contains("/actuator/beans", "/actuator/conditions", "/actuator/mappings", "/actuator/loggers");
        for (ReverseRateLimiterMeters meter : ReverseRateLimiterMeters.values()) {
            paths.add("/actuator/metrics/" + meter.meter());
        }
        paths.add("/actuator/env/reverse-rate-limiter.hash-keys.secret");
        paths.add("/actuator/configprops/reverse-rate-limiter");
        paths.add("/actuator/health/reverseRateLimiter");
        Map<String, String> told = new LinkedHashMap<>();
        for (String path : paths) {
            told.put(path, application.get(path).body());
        }
        return told;
    }

    /** Every operation of an endpoint that only reads. */
    private static Map<String, String> overJmx() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        Map<String, String> told = new LinkedHashMap<>();
        for (ObjectName name : beans.queryNames(new ObjectName("org.springframework.boot:type=Endpoint,*"), null)) {
            for (MBeanOperationInfo operation : beans.getMBeanInfo(name).getOperations()) {
                if (operation.getImpact() == MBeanOperationInfo.INFO && !isOfAFile(name)) {
                    Object[] nothing = new Object[operation.getSignature().length];
                    String[] types = new String[nothing.length];
                    for (int i = 0; i < types.length; i++) {
                        types[i] = operation.getSignature()[i].getType();
                    }
                    told.put("JMX " + name + " " + operation.getName(), invoke(beans, name, operation, nothing, types));
                }
            }
        }
        return told;
    }

    private static boolean isOfAFile(ObjectName name) {
        return name.getKeyProperty("name").equals("Heapdump");
    }

    /** What needs a name is not answered without one. */
    private static String invoke(
            MBeanServer beans, ObjectName name, MBeanOperationInfo operation, Object[] arguments, String[] types) {
        try {
            return String.valueOf(beans.invoke(name, operation.getName(), arguments, types));
        } catch (Exception e) {
            return String.valueOf(e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Canary.Client.class, Canary.Failing.class, Canary.Resolver.class, Controller.class})
    static class Open {}

    @RestController
    static class Controller {

        private final Canary.Client client;

        Controller(Canary.Client client) {
            this.client = client;
        }

        @GetMapping("/limited")
        @ReverseRateLimited(name = "github", key = "#account")
        String limited(@RequestHeader("X-Account") String account) {
            return "called";
        }

        @GetMapping("/outbound")
        String outbound(@RequestHeader("X-Account") String account) {
            return client.denied(account);
        }
    }
}
