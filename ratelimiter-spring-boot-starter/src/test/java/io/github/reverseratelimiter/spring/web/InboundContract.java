package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.jayway.jsonpath.JsonPath;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.AwayStore;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Requests to annotated controllers, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InboundContract {

    private final WebApplicationType type;
    private final String problemDetails;
    private WebApplication application;

    InboundContract(WebApplicationType type, String problemDetails) {
        this.type = type;
        this.problemDetails = problemDetails;
    }

    private WebApplication start(List<Class<?>> sources, String... properties) {
        return WebApplication.start(type, sources, properties);
    }

    @BeforeAll
    void start() {
        application = start(List.of(Controllers.class));
    }

    @AfterAll
    void stop() {
        application.close();
    }

    @Test
    void answers429WhenTheWindowIsSpent() throws Exception {
        assertThat(application.get("/repos/acme").body()).isEqualTo("repos of acme");
        assertThat(application.get("/repos/acme").statusCode()).isEqualTo(200);

        HttpResponse<String> denied = application.get("/repos/acme");

        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(application.get("/repos/globex").statusCode()).isEqualTo(200);
    }

    @Test
    void takesNothingForWhatStandsBesideTheHandlersOfALimitedType() throws Exception {
        HttpResponse<String> granted = application.get("/whole-type?fail=true");
        HttpResponse<String> denied = application.get("/whole-type?fail=false");

        assertThat(granted.statusCode()).isEqualTo(418);
        assertThat(denied.statusCode()).isEqualTo(429);
    }

    @Test
    void answersWithAProblemDetail() throws Exception {
        application.get("/named/problem");

        HttpResponse<String> denied = application.get("/named/problem");

        assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
        Map<String, Object> problem = JsonPath.parse(denied.body()).read("$");
        assertThat(problem)
                .containsOnlyKeys("type", "title", "status", "detail")
                .containsEntry("type", "about:blank")
                .containsEntry("title", "Too Many Requests")
                .containsEntry("status", 429)
                .extractingByKey("detail", STRING)
                .matches("The limit is 1 per 1.5s and 1 per 1h \\(exhausted\\); retry after \\d+s\\.");
    }

    @Test
    void tellsWhenToComeBackInWholeSeconds() throws Exception {
        application.get("/named/seconds");

        HttpResponse<String> denied = application.get("/named/seconds");

        assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(3_500L, 3_601L);
    }

    @Test
    void doesNotTellTheKey() throws Exception {
        application.get("/named/jane.doe");

        HttpResponse<String> denied = application.get("/named/jane.doe");

        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(denied.headers().map() + denied.body()).doesNotContain("jane.doe");
    }

    @Test
    void takesTheKeyFromThePrincipal() throws Exception {
        assertThat(application.get("/by-principal", "X-User", "jane").body()).isEqualTo("jane");

        assertThat(application.get("/by-principal", "X-User", "jane").statusCode())
                .isEqualTo(429);
        assertThat(application.get("/by-principal", "X-User", "joe").statusCode())
                .isEqualTo(200);
    }

    @Test
    void failsWithoutAPrincipalAndTakesNoCredit() throws Exception {
        assertThat(application.get("/by-principal").statusCode()).isEqualTo(500);
        assertThat(application.get("/by-principal").statusCode()).isEqualTo(500);
    }

    @Test
    void takesTheKeyFromAHeader() throws Exception {
        assertThat(application.get("/by-header", "X-Api-Key", "one").body()).isEqualTo("one");

        assertThat(application.get("/by-header", "X-Api-Key", "one").statusCode())
                .isEqualTo(429);
        assertThat(application.get("/by-header", "X-Api-Key", "two").statusCode())
                .isEqualTo(200);
    }

    @Test
    void takesTheKeyFromABean() throws Exception {
        assertThat(application.get("/by-workspace/1").body()).isEqualTo("document 1");

        assertThat(application.get("/by-workspace/2").statusCode()).isEqualTo(429);
        assertThat(application.get("/by-workspace/100").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mono/acme", "/future/acme", "/interface/acme"})
    void answersForOtherReturnTypesAndForAnAnnotationOnAnInterface(String path) throws Exception {
        assertThat(application.get(path).body()).isEqualTo("acme");

        HttpResponse<String> denied = application.get(path);

        assertThat(denied.statusCode()).isEqualTo(429);
        assertThat(denied.headers().firstValue("Retry-After")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/outbound/one", "/both/two", "/shared/three"})
    void leavesADeniedOutboundCallToTheApplication(String path) throws Exception {
        assertThat(application.get(path).statusCode()).isEqualTo(200);

        HttpResponse<String> failed = application.get(path);

        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void waitsWhereItIsAskedTo() throws Exception {
        assertThat(application.get("/waiting/acme").statusCode()).isEqualTo(200);
        assertThat(application.get("/waiting/acme").statusCode()).isEqualTo(200);
    }

    @Test
    void leavesTheAnswerToAControllerThatHandlesTheException() throws Exception {
        application.get("/handling/acme");

        HttpResponse<String> denied = application.get("/handling/acme");

        assertThat(denied.statusCode()).isEqualTo(418);
        assertThat(denied.body()).isEqualTo("by the controller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void leavesTheAnswerToAdviceThatHandlesTheException(String enabled) throws Exception {
        try (WebApplication advised = start(List.of(Controllers.class, Advice.class), problemDetails + "=" + enabled)) {
            advised.get("/mono/acme");

            HttpResponse<String> denied = advised.get("/mono/acme");

            assertThat(denied.statusCode()).isEqualTo(418);
            assertThat(denied.body()).isEqualTo("by the advice");
        }
    }

    @Test
    void answersTheSameWhereSpringAnswersWithProblemDetailsToo() throws Exception {
        try (WebApplication detailed = start(List.of(Controllers.class), problemDetails + "=true")) {
            detailed.get("/mono/acme");

            HttpResponse<String> denied = detailed.get("/mono/acme");

            assertThat(denied.statusCode()).isEqualTo(429);
            assertThat(denied.headers().allValues("Content-Type")).containsExactly("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/repos/acme", "/mono/acme"})
    void answers503WhereTheStoreDoesNotDecide(String path) throws Exception {
        try (WebApplication cut = start(List.of(Controllers.class, Cut.class))) {
            HttpResponse<String> undecided = cut.get(path);

            assertThat(undecided.statusCode()).isEqualTo(503);
            assertThat(undecided.headers().firstValue("Retry-After")).contains("1");
            assertThat(undecided.headers().allValues("Content-Type")).containsExactly("application/problem+json");
            assertThat(JsonPath.parse(undecided.body()).read("$.title", String.class))
                    .isEqualTo("Service Unavailable");
            assertThat(cut.get("/outbound/acme").statusCode()).isEqualTo(500);
        }
    }

    @Test
    void answersNothingWhereItIsSwitchedOff() throws Exception {
        try (WebApplication off = start(List.of(Controllers.class), "reverse-rate-limiter.web.enabled=false")) {
            off.get("/mono/acme");

            HttpResponse<String> denied = off.get("/mono/acme");

            assertThat(denied.statusCode()).isEqualTo(500);
            assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
        }
    }

    /** Answers for all of them. */
    @RestControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> denied(RateLimitExceededException e) {
            return ResponseEntity.status(418).body("by the advice");
        }
    }

    /** Has a store that is away. */
    @Configuration(proxyBeanMethods = false)
    static class Cut {

        @Bean
        CreditStore away() {
            return new AwayStore(new CreditStoreException("away"));
        }
    }
}
