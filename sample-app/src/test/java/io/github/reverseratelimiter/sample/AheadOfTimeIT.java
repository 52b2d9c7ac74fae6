package io.github.reverseratelimiter.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.sample.provider.Provider;
import io.github.reverseratelimiter.time.TimeSource;
import io.lettuce.core.RedisClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The client application, processed ahead of time by the build, in a JVM of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AheadOfTimeIT {

    private static final Path PROCESSED = Path.of(System.getProperty("ahead-of-time"));
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

    private final SampleRedis.Embedded redis = SampleRedis.Embedded.start();
    private final Provider provider =
            Provider.start(RateLimit.of(100, Duration.ofHours(1)), Duration.ZERO, TimeSource.system());
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> log = new ArrayList<>();
    private Process application;
    private String port;

    @BeforeAll
    void start() throws IOException {
        application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dspring.aot.enabled=true",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath(),
                        "io.github.reverseratelimiter.sample.github.GitHubApplication",
                        "--server.port=0",
                        "--github.url=" + provider.url(),
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + redis.port(),
                        "--sample.limit=2",
                        "--sample.window=1h",
                        "--sample.max-wait=0s",
                        "--spring.main.log-startup-info=true",
                        "--logging.level.root=info")
                .redirectErrorStream(true)
                .start();
        port = port(application.inputReader());
    }

    @AfterAll
    void stop() {
        application.destroyForcibly().onExit().join();
        provider.close();
        redis.close();
    }

    @Test
    void runsProcessedAheadOfTime() {
        assertThat(log).anyMatch(line -> line.contains("Starting AOT-processed GitHubApplication"));
    }

    @Test
    void countsInRedisAndDeniesWhatIsBeyondTheLimit() throws Exception {
        assertThat(get("/repos/acme").body()).startsWith("{\"account\":\"acme\"");
        assertThat(get("/repos/acme").statusCode()).isEqualTo(200);

        HttpResponse<String> denied = get("/repos/acme");

        assertThat(denied.statusCode()).isEqualTo(503);
        assertThat(denied.body()).contains("No credit from limiter 'github'", "limit is 2 per 1h, exhausted");
        assertThat(provider.tally("acme").calls()).isEqualTo(2);
        assertThat(keys()).anyMatch(key -> key.contains("acme"));
    }

    @Test
    void answers429ToAVisitorWhoAsksTooOften() throws Exception {
        HttpResponse<String> last = get("/repos/visitor");
        for (int i = 0; i < 105 && last.statusCode() != 429; i++) {
            last = get("/repos/visitor");
        }

        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    /** What was processed in place of what was compiled, and all that it depends on. */
    private static String classPath() {
        assertThat(PROCESSED.resolve("META-INF/native-image")).isDirectory();
        return Stream.concat(
                        Stream.of(PROCESSED.toString()),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .filter(entry -> !Path.of(entry).startsWith(PROCESSED.getParent())))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String port(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            log.add(line);
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return started.group(1);
            }
        }
        throw new AssertionError("it did not start: " + log);
    }

    private List<String> keys() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        try {
            return client.connect().sync().keys("*");
        } finally {
            client.shutdown();
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
