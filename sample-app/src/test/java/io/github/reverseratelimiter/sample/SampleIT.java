package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The sample, end to end: a real Redis, a strict provider, four instances, HTTP between all of them. */
class SampleIT {

    /* A margin for a busy build machine; what the default one does is among the figures in the docs. */
    private static final String[] SHORT = {
        "--server.port=0", "--sample.seconds=4", "--sample.warm-up=50", "--sample.margin=200ms"
    };

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void usesTheQuotaWithoutASingleRefusalAndThenServes() throws Exception {
        try (ConfigurableApplicationContext context = SampleApplication.start(out, SHORT)) {
            Demonstration demonstration = context.getBean(Demonstration.class);

            List<Figures> shown = demonstration.show();

            assertThat(shown).singleElement().satisfies(figures -> {
                assertThat(figures.failures()).isEmpty();
                assertThat(figures.denied()).isZero();
                assertThat(figures.provider().refused()).isZero();
                assertThat(figures.share()).isGreaterThanOrEqualTo(0.9);
                assertThat(figures.callsPerInstance()).hasSize(4).allMatch(calls -> calls > 0);
                assertThat(figures.tripsPerCall()).isCloseTo(1, within(0.02));
            });
            HttpResponse<String> answer = get("http://localhost:" + demonstration.port() + "/repos/acme");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("{\"account\":\"acme\"");
            assertThat(printed()).contains("  4 s   calls", "trips to Redis per call", "curl");
            assertThat(statusOfMany("http://localhost:" + demonstration.port() + "/repos/visitor-"))
                    .containsOnly(200, 429);
        }
    }

    @Test
    void isRefusedManyTimesWithTheLimiterOff() throws Exception {
        String[] args = {
            "--sample.seconds=4", "--sample.warm-up=50", "--sample.serve=false", "--reverse-rate-limiter.enabled=false"
        };
        try (ConfigurableApplicationContext context = SampleApplication.start(out, args)) {
            List<Figures> shown = context.getBean(Demonstration.class).show();

            assertThat(shown).singleElement().satisfies(figures -> {
                assertThat(figures.failures()).isEmpty();
                assertThat(figures.provider().refusedShare()).isGreaterThan(0.3);
                assertThat(figures.trips()).isZero();
            });
            assertThat(printed()).contains("limiter                  OFF");
        }
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Of other accounts, so that only the visitor himself asks too often. */
    private static List<Integer> statusOfMany(String url) throws Exception {
        List<Integer> status = new ArrayList<>();
        for (int i = 0; i < 105; i++) {
            status.add(get(url + i).statusCode());
        }
        return status;
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
