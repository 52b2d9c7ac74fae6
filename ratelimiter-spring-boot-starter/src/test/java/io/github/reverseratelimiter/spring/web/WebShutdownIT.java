package io.github.reverseratelimiter.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.OwnRedis;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.Granted;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * FAULTS row 52, with a web server: requests that wait for credits when the application ends. The server stops first: it
 * interrupts its threads, and cancels futures; what it leaves behind ends with the limiter.
 */
class WebShutdownIT {

    private static final RateLimit LIMIT = RateLimit.of(100, Duration.ofHours(1));
    private static final Duration MARGIN = Duration.ofSeconds(10);
    private static final Duration PROMISE = Duration.ofSeconds(1);
    private static final int WAITERS = 20;
    private static final String CANCELLED = "cancelled by the server";

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    @BeforeEach
    void forget() {
        REDIS.commands().flushall();
    }

    private static WebApplication start(String shutdown) {
        return WebApplication.start(
                WebApplicationType.SERVLET,
                List.of(Waiting.class),
                "reverse-rate-limiter.store=redis",
                "reverse-rate-limiter.store-timeout=10s",
                "reverse-rate-limiter.margin=10s",
                "reverse-rate-limiter.self-test=false",
                "spring.data.redis.port=" + Contexts.port(REDIS.server()),
                "spring.mvc.async.request-timeout=1d",
                "spring.lifecycle.timeout-per-shutdown-phase=1s",
                "server.shutdown=" + shutdown);
    }

    private static CompletableFuture<HttpResponse<String>> send(WebApplication application, String path) {
        String port = application.context().getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
        return application.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Half of them have a thread that is blocked, the others a future. */
    private static List<CompletableFuture<?>> letThemWait(WebApplication application) throws Exception {
        assertThat(application.get("/all").statusCode()).isEqualTo(200);
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            waiting.add(send(application, i % 2 == 0 ? "/blocking" : "/future"));
        }
        await().untilAsserted(() -> assertThat(Granted.of(REDIS, "rrl::acme")).isEqualTo(100 + WAITERS));
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        return waiting;
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reverse-rate-limiter"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"graceful", "immediate"})
    void requestsThatWaitEndWithTheApplication(String shutdown) throws Exception {
        List<Thread> before = threads();
        WebApplication application = start(shutdown);
        Ended ended = application.context().getBean(Ended.class);
        List<CompletableFuture<?>> waiting = letThemWait(application);

        application.close();

        await().until(() -> ended.reasons.size() == WAITERS);
        assertThat(ended.reasons)
                .allMatch(reason -> reason.startsWith("the limiter was closed while waiting")
                        || reason.startsWith("interrupted while waiting")
                        || reason.equals(CANCELLED));
        assertThat(Duration.ofNanos(ended.last.get() - ended.closing.get())).isLessThan(PROMISE);
        await().untilAsserted(() -> assertThat(waiting).allMatch(CompletableFuture::isDone));
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
        assertGivenBack();
    }

    /** Behind 20 places that were kept, it would be two hours. */
    private static void assertGivenBack() {
        try (ReverseRateLimiter other = ReverseRateLimiter.builder(
                        new RedisCreditStore(REDIS.server().executor(), "rrl:"))
                .build()) {
            assertThat(other.acquire(
                            CreditRequest.of("acme", LIMIT).margin(MARGIN).credits(LIMIT.limit())))
                    .isInstanceOfSatisfying(
                            Acquisition.Denied.class,
                            denied -> assertThat(denied.retryAfter())
                                    .isLessThanOrEqualTo(LIMIT.window().plus(MARGIN)));
        }
    }

    @Test
    void servesAgainWhereTheApplicationIsStoppedAndStarted() throws Exception {
        try (WebApplication application = start("graceful")) {
            assertThat(application.get("/free").body()).isEqualTo("called");

            application.context().stop();
            application.context().start();

            await().untilAsserted(
                            () -> assertThat(application.get("/free").body()).isEqualTo("called"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Controller.class, Client.class, Ended.class})
    static class Waiting {}

    @RestController
    static class Controller {

        private final Client client;
        private final Ended ended;

        Controller(Client client, Ended ended) {
            this.client = client;
            this.ended = ended;
        }

        @GetMapping("/all")
        String all() {
            client.all();
            return "called";
        }

        @GetMapping("/free")
        String free() {
            return client.free();
        }

        @GetMapping("/blocking")
        String blocking() {
            try {
                return client.call();
            } catch (RuntimeException e) {
                ended.with(e);
                throw e;
            }
        }

        @GetMapping("/future")
        CompletableFuture<String> future() {
            CompletableFuture<String> answer = client.future();
            var unused = answer.whenComplete((called, failure) -> ended.with(failure));
            return answer;
        }
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", credits = 100)
        public void all() {}

        @ReverseRateLimited(key = "'free'", limit = 100, window = "1h")
        public String free() {
            return "called";
        }

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", maxWait = "1d")
        public String call() {
            return "called";
        }

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", maxWait = "1d")
        public CompletableFuture<String> future() {
            return CompletableFuture.completedFuture("called");
        }
    }

    /** How the waits ended, and when; stops just before the limiter. */
    static final class Ended implements SmartLifecycle {

        private final Queue<String> reasons = new ConcurrentLinkedQueue<>();
        private final AtomicLong last = new AtomicLong();
        private final AtomicLong closing = new AtomicLong();
        private volatile boolean running;

        void with(Throwable failure) {
            last.set(System.nanoTime());
            reasons.add(failure instanceof CancellationException ? CANCELLED : String.valueOf(failure.getMessage()));
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            closing.set(System.nanoTime());
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return 1_025;
        }
    }
}
