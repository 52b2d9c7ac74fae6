package io.github.reverseratelimiter.sample.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProviderTest {

    private final AtomicLong now = new AtomicLong(42);
    private final Provider provider = Provider.start(RateLimit.of(2, Duration.ofMillis(2500)), Duration.ZERO, now::get);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        provider.close();
    }

    @Test
    void answers429AndRetryAfterBeyondTheQuota() throws Exception {
        assertThat(get("/repos/acme").statusCode()).isEqualTo(200);
        assertThat(get("/repos/acme").body()).isEqualTo("{\"account\":\"acme\",\"remaining\":0}");

        HttpResponse<String> refused = get("/repos/acme");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("3");
        assertThat(refused.body()).contains("2 per 2.5s");
    }

    @Test
    void acceptsAgainWhenTheWindowHasPassed() throws Exception {
        get("/repos/acme");
        get("/repos/acme");
        now.addAndGet(Duration.ofMillis(2500).toNanos());

        assertThat(get("/repos/acme").statusCode()).isEqualTo(200);
    }

    @Test
    void countsEachAccountByItself() throws Exception {
        get("/repos/acme");
        get("/repos/acme");
        get("/repos/acme");

        assertThat(get("/repos/globex").statusCode()).isEqualTo(200);
        assertThat(provider.tally("acme").accepted()).isEqualTo(2);
        assertThat(provider.tally("acme").refused()).isEqualTo(1);
        assertThat(provider.tally("globex").calls()).isEqualTo(1);
    }

    @Test
    void knowsOnlyRepositories() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/repos/").statusCode()).isEqualTo(404);
        assertThat(get("/repos/%22%7D").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(provider.url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
