package io.github.reverseratelimiter.benchmarks.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProviderTest {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void answersWithRetryAfterOnceTheQuotaIsSpent() throws Exception {
        Scenario scenario = new Scenario(Kind.SLIDING_WINDOW, RateLimit.of(2, Duration.ofMinutes(1)), Delay.NONE);
        try (Provider provider = Provider.start(scenario, 1)) {
            assertThat(call(provider, "acme").join().statusCode()).isEqualTo(200);
            assertThat(call(provider, "acme").join().statusCode()).isEqualTo(200);
            HttpResponse<Void> refused = call(provider, "acme").join();
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 60);
            assertThat(provider.tally("acme").calls()).isEqualTo(3);
            assertThat(provider.tally("acme").refused()).isEqualTo(1);
        }
    }

    @Test
    void countsEachAccountByItself() throws Exception {
        Scenario scenario = new Scenario(Kind.TOKEN_BUCKET, RateLimit.of(1, Duration.ofMinutes(1)), Delay.NONE);
        try (Provider provider = Provider.start(scenario, 1)) {
            assertThat(call(provider, "acme").join().statusCode()).isEqualTo(200);
            assertThat(call(provider, "other").join().statusCode()).isEqualTo(200);
            assertThat(call(provider, "other").join().statusCode()).isEqualTo(429);
        }
    }

    @Test
    void letsOnlySoManyCallsBeAnsweredAtOnce() throws Exception {
        Scenario scenario = new Scenario(Kind.CONCURRENCY, RateLimit.of(2, Duration.ofSeconds(1)), Delay.NONE);
        try (Provider provider = Provider.start(scenario, 1)) {
            assertThat(statuses(provider, 3)).containsExactlyInAnyOrder(200, 200, 429);
            assertThat(call(provider, "acme").join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void holdsUpEachCallButNoneBehindAnother() throws Exception {
        Scenario scenario =
                new Scenario(Kind.FIXED_WINDOW, RateLimit.of(100, Duration.ofDays(1)), Delay.uniform(300, 301));
        try (Provider provider = Provider.start(scenario, 1)) {
            long sent = System.nanoTime();
            assertThat(statuses(provider, 20)).hasSize(20).containsOnly(200);
            // one behind another they would have taken 6 s
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(4));
            assertThat(provider.tally("acme").arrived())
                    .allSatisfy(arrived -> assertThat(arrived - sent)
                            .isGreaterThanOrEqualTo(Duration.ofMillis(300).toNanos()));
        }
    }

    private List<Integer> statuses(Provider provider, int calls) {
        List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            answers.add(call(provider, "acme"));
        }
        return answers.stream().map(answer -> answer.join().statusCode()).toList();
    }

    private CompletableFuture<HttpResponse<Void>> call(Provider provider, String account) {
        return http.sendAsync(
                HttpRequest.newBuilder(provider.uri(account)).build(), HttpResponse.BodyHandlers.discarding());
    }
}
