package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.test.web.client.ExpectedCount;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** The Java in the README is what stands here, compiled and run. */
class ReadmeTest {

    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Service
    static class GitHubClient {
        private final RestClient github;

        GitHubClient(RestClient.Builder builder) {
            github = builder.baseUrl("https://api.github.com").build();
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 5, retries = 2)
        String repository(String account, String name) {
            return github.get()
                    .uri("/repos/{account}/{name}", account, name)
                    .retrieve()
                    .body(String.class);
        }

        @ReverseRateLimited(name = "github", key = "#account", maxWait = "2s")
        String issues(String account, String name) {
            return github.get()
                    .uri("/repos/{account}/{name}/issues", account, name)
                    .retrieve()
                    .body(String.class);
        }
    }

    interface GitHubApi {
        @GetExchange("/repos/{account}/{name}")
        @ReverseRateLimited(name = "github", key = "#account", maxWait = "2s")
        String repository(@PathVariable String account, @PathVariable String name);
    }

    @Service
    static class Payments {
        private final ReverseRateLimiter limiter;

        Payments(ReverseRateLimiter limiter) {
            this.limiter = limiter;
        }

        String pay(String account) {
            Acquisition answer = limiter.named("github").tryAcquire(account);
            if (answer instanceof Acquisition.Denied denied) {
                return "come back in " + denied.retryAfter();
            }
            return "paid, " + answer.remaining() + " more now";
        }
    }

    @Component
    static class PlanTable implements LimitResolver {
        private final Map<String, Integer> perSecond = new ConcurrentHashMap<>();

        @Override
        public Optional<List<RateLimit>> limits(CreditKey key) {
            return Optional.ofNullable(perSecond.get(key.value()))
                    .map(limit -> List.of(RateLimit.of(limit, Duration.ofSeconds(1))));
        }
    }

    @Component
    static class Operations {
        private final NamedLimiter github;

        Operations(ReverseRateLimiter limiter) {
            github = limiter.named("github");
        }

        void raise(int perSecond) {
            github.configure(github.settings().limits(RateLimit.of(perSecond, Duration.ofSeconds(1))));
        }
    }

    @Service
    static class StripeClient {
        private final ReverseRateLimiter limiter;

        StripeClient(ReverseRateLimiter limiter) {
            this.limiter = limiter;
        }

        @ReverseRateLimited(name = "stripe", key = "#account")
        String charge(String account) {
            return "charged " + account;
        }

        @ReverseRateLimited(key = "#account", maxInFlight = 2, maxWait = "10s")
        CompletableFuture<String> report(String account) {
            return CompletableFuture.completedFuture("report of " + account);
        }

        String payOut(String account) throws Exception {
            return limiter.call(limiter.named("stripe").request(account), () -> "paid out to " + account);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({GitHubClient.class, Payments.class, PlanTable.class, Operations.class, StripeClient.class})
    static class Application {

        @Bean
        GitHubApi gitHubApi(RestClient.Builder builder) {
            RestClient client =
                    builder.clone().baseUrl("https://api.github.com").build();
            return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                    .build()
                    .createClient(GitHubApi.class);
        }

        @Bean
        RestClient.Builder gitHub() {
            RestClient.Builder builder = RestClient.builder();
            MockRestServiceServer server = MockRestServiceServer.bindTo(builder)
                    .ignoreExpectOrder(true)
                    .build();
            server.expect(ExpectedCount.manyTimes(), requestTo("https://api.github.com/repos/acme/tools"))
                    .andRespond(withSuccess("{}", MediaType.APPLICATION_JSON));
            server.expect(ExpectedCount.manyTimes(), requestTo("https://api.github.com/repos/acme/tools/issues"))
                    .andRespond(withSuccess("[]", MediaType.APPLICATION_JSON));
            return builder;
        }
    }

    private static ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "reverse-rate-limiter.store=memory",
                        "reverse-rate-limiter.limiters.github.limits[0].limit=5",
                        "reverse-rate-limiter.limiters.github.limits[0].window=1s",
                        "reverse-rate-limiter.limiters.github.limits[1].limit=6",
                        "reverse-rate-limiter.limiters.github.limits[1].window=1h",
                        "reverse-rate-limiter.limiters.stripe.max-in-flight=1");
    }

    @Test
    void itsJavaIsCompiledHere() throws IOException {
        String here =
                code(Files.readString(Path.of("src/test/java/io/github/reverseratelimiter/sample/ReadmeTest.java")));
        Matcher readme = JAVA.matcher(Files.readString(Path.of("../README.md")));
        List<String> blocks = new ArrayList<>();
        while (readme.find()) {
            blocks.add(code(readme.group(1)));
        }

        assertThat(blocks).hasSize(6).allSatisfy(block -> assertThat(here).contains(block));
    }

    @Test
    void theClientIsLimited() {
        application().run(context -> {
            GitHubClient client = context.getBean(GitHubClient.class);
            for (int i = 0; i < 5; i++) {
                assertThat(client.issues("acme", "tools")).isEqualTo("[]");
            }
            assertThat(client.repository("acme", "tools")).isEqualTo("{}");
            client.issues("acme", "tools");

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> client.issues("acme", "tools"))
                    .withMessageContaining("6 per 1h");
        });
    }

    @Test
    void theInterfaceIsLimitedAndSharesTheBudget() {
        application().run(context -> {
            GitHubApi api = context.getBean(GitHubApi.class);
            GitHubClient client = context.getBean(GitHubClient.class);
            for (int i = 0; i < 3; i++) {
                assertThat(api.repository("acme", "tools")).isEqualTo("{}");
                client.issues("acme", "tools");
            }

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> api.repository("acme", "tools"))
                    .withMessageContaining("6 per 1h");
        });
    }

    @Test
    void callsInFlightHaveTheirPlaceUntilTheyHaveEnded() {
        application().run(context -> {
            StripeClient stripe = context.getBean(StripeClient.class);
            for (int i = 0; i < 3; i++) {
                assertThat(stripe.charge("acme")).isEqualTo("charged acme");
                assertThat(stripe.payOut("acme")).isEqualTo("paid out to acme");
                assertThat(stripe.report("acme")).isCompletedWithValue("report of acme");
            }
        });
    }

    @Test
    void itsYamlIsBound() throws IOException {
        Matcher readme = YAML.matcher(Files.readString(Path.of("../README.md")));
        int blocks = 0;
        while (readme.find()) {
            blocks++;
            Resource yaml = new ByteArrayResource(readme.group(1).getBytes(StandardCharsets.UTF_8));
            List<PropertySource<?>> properties = new YamlPropertySourceLoader().load("README", yaml);
            application()
                    .withInitializer(context ->
                            properties.forEach(context.getEnvironment().getPropertySources()::addFirst))
                    .run(context -> assertThat(context).hasNotFailed());
        }
        assertThat(blocks).isEqualTo(3);
    }

    @Test
    void theBeanTellsHowManyAreLeftAndWhenToComeBack() {
        application().run(context -> {
            Payments payments = context.getBean(Payments.class);

            assertThat(payments.pay("acme")).isEqualTo("paid, 4 more now");
            for (int i = 0; i < 4; i++) {
                payments.pay("acme");
            }
            assertThat(payments.pay("acme")).startsWith("come back in PT");
        });
    }

    @Test
    void thePlansOfTheTableGoBeforeTheConfiguredOnes() {
        application().run(context -> {
            context.getBean(PlanTable.class).perSecond.put("acme", 9);

            assertThat(context.getBean(Payments.class).pay("acme")).isEqualTo("paid, 8 more now");
        });
    }

    @Test
    void aRaisedLimitCountsFromTheNextCallOn() {
        application().run(context -> {
            context.getBean(Operations.class).raise(8);

            assertThat(context.getBean(Payments.class).pay("acme")).isEqualTo("paid, 7 more now");
        });
    }

    /** Without comments, blanks and what a nested class needs. */
    private static String code(String text) {
        return text.replaceAll("(?m)(^|\\s)//.*$", "")
                .replace("static class", "class")
                .replaceAll("\\s", "");
    }
}
