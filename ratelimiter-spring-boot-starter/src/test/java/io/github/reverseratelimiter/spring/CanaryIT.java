package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.spring.autoconfigure.metrics.ReverseRateLimiterMetricsAutoConfiguration;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/**
 * FAULTS rows 41 and 43: a key is used wherever something may go wrong, and is found in no message, log line, meter or
 * health detail; with {@code hash-keys} not in Redis either.
 */
class CanaryIT {

    private static final String CANARY = "canary";
    private static final String KEY = "canary@example.org";
    private static final String GITHUB = "reverse-rate-limiter.limiters.github.";
    private static final String STRIPE = "reverse-rate-limiter.limiters.stripe.";
    private static final RateLimit LIMIT = RateLimit.of(5, Duration.ofHours(1));

    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final LogLines log = new LogLines();
    private FragileRedis redis;
    private Proxy proxy;

    @BeforeEach
    void start() {
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
    }

    @AfterEach
    void stop() {
        log.close();
        proxy.close();
        redis.close();
    }

    private ApplicationContextRunner application() {
        return Contexts.redis()
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.data.redis.port=" + proxy.port(),
                        GITHUB + "limit=2",
                        GITHUB + "window=1h",
                        GITHUB + "max-wait=10ms",
                        STRIPE + "limit=2",
                        STRIPE + "window=300ms",
                        STRIPE + "max-wait=10s",
                        STRIPE + "margin=250ms")
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(LimitResolver.class, () -> key -> {
                    throw new IllegalStateException("no database");
                })
                .withBean(RateLimiterListener.class, Failing::new)
                .withBean(StoreHealth.class, () -> new StoreHealth(OnStoreFailure.DENY, List.of()))
                .withBean(Client.class);
    }

    @Test
    void isFoundNowhere() {
        List<String> sent = new ArrayList<>();
        application()
                .withPropertyValues("reverse-rate-limiter.hash-keys.secret=0123456789abcdef0123456789abcdef")
                .run(context -> sent.add(useEverywhere(context)));

        assertThat(sent.get(0)).contains("rrl:github:hmac-sha256:").doesNotContain(CANARY);
        assertThat(said).isNotEmpty().allSatisfy(text -> assertThat(text).doesNotContain(CANARY));
        assertThat(String.join("\n", said))
                .contains("WRONGTYPE", "RRLFOREIGN", "NOPERM", "AcquireInterruptedException", "instead")
                .contains("retry after", "store-unavailable", "TimeoutException", "is an array");
        assertThat(log.all())
                .contains("The listener", "did not tell the limits", "The store did not decide")
                .doesNotContain(CANARY);
    }

    /** Which shows that it would be found. */
    @Test
    void isFoundInRedisWhereKeysAreNotHashed() {
        List<String> sent = new ArrayList<>();
        application().run(context -> sent.add(useEverywhere(context)));

        assertThat(sent.get(0)).contains("rrl:github:" + KEY);
        assertThat(said).isNotEmpty().allSatisfy(text -> assertThat(text).doesNotContain(CANARY));
        assertThat(log.all()).doesNotContain(CANARY);
    }

    /** What Redis was sent meanwhile. */
    private String useEverywhere(ApplicationContext context) throws Exception {
        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
        Client client = context.getBean(Client.class);
        CreditRequest request = CreditRequest.of(KEY, LIMIT);
        await().until(() -> limiter.tryAcquire("other", LIMIT) instanceof Acquisition.Granted);
        String sent;
        try (Monitor monitor = new Monitor(redis.port())) {
            whileRedisDecides(limiter, client, request);
            sent = monitor.until("end-of-test");
        }
        whileItRefuses(limiter, client, request);
        whileItIsAway(limiter, client, request);
        context.getBean(MeterRegistry.class)
                .getMeters()
                .forEach(meter -> said.add(meter.getId() + " " + meter.getId().getDescription()));
        said.add(context.getBean(StoreHealth.class).details().toString());
        return sent;
    }

    private void whileRedisDecides(ReverseRateLimiter limiter, Client client, CreditRequest request) {
        for (int i = 0; i < 4; i++) {
            hear(() -> client.denied(KEY));
            hear(() -> client.fallback(KEY));
            hear(() -> client.waits(KEY));
        }
        hear(() -> client.denied(KEY + "\uD83E\r\n"));
        hear(() -> client.denied(KEY.repeat(100)));
        hear(() -> client.denied(null));
        hear(() -> client.denied(" "));
        hear(() -> client.array(new String[] {KEY}));
        hear(() -> client.costly(KEY, 3));
        hear(() -> limiter.acquire(request.credits(6)));
        hear(() -> limiter.acquire(request.limiter("two\n")));
        hear(() -> limiter.acquireAll(List.of(request, CreditRequest.of(KEY + 2, LIMIT))));
        hear(() -> limiter.acquireAll(List.of(request, request.margin(Duration.ofSeconds(1)))));
        hear(() -> limiter.named("github").acquire(KEY));
        hear(() ->
                limiter.refund((Acquisition.Granted) limiter.acquire(request)).join());
        hear(() -> limiter.pause(request.key(), Duration.ofSeconds(1)).join());
        hear(() -> limiter.acquire(request));
        hear(() -> limiter.pause(request.key(), Duration.ofSeconds(-1)).join());
        hear(() -> {
            CompletableFuture<Acquisition> call = limiter.acquireAsync(request.maxWait(Duration.ofHours(2)));
            call.cancel(true);
            return call.join();
        });
        hear(() -> {
            Thread.currentThread().interrupt();
            return limiter.acquire(request);
        });
        said.add(String.valueOf(Thread.interrupted()));
        said.add(request + " " + request.key());
        redis.answer("ECHO end-of-test", Pattern.compile("end-of-test"));
    }

    private void whileItRefuses(ReverseRateLimiter limiter, Client client, CreditRequest request) {
        redis.send("EVAL \"for _,k in ipairs(redis.call('KEYS','*')) do redis.call('DEL',k)"
                + " redis.call('LPUSH',k,'x') end\" 0");
        all(limiter, client, request);
        redis.send("EVAL \"for _,k in ipairs(redis.call('KEYS','*')) do redis.call('SET',k,'foreign') end\" 0");
        all(limiter, client, request);
        redis.send("ACL SETUSER default resetkeys ~nothing:*");
        all(limiter, client, request);
        redis.send("ACL SETUSER default ~* -evalsha -eval");
        all(limiter, client, request);
        redis.send("ACL SETUSER default +@all -getrange");
        all(limiter, client, request);
        redis.send("ACL SETUSER default +@all");
        redis.send("FLUSHALL");
    }

    private void whileItIsAway(ReverseRateLimiter limiter, Client client, CreditRequest request) {
        redis.send("EVAL \"while true do end\" 0");
        all(limiter, client, request);
        redis.awaitAnswer("SCRIPT KILL", "OK|NOTBUSY");
        await().until(() -> limiter.tryAcquire("other", LIMIT) instanceof Acquisition.Granted);
        redis.freeze();
        all(limiter, client, request);
        redis.thaw();
        proxy.refuse();
        proxy.cut(Proxy.Cut.RST);
        all(limiter, client, request);
    }

    /** A pause is not bound by store-timeout: whoever waits for it says how long. */
    private void all(ReverseRateLimiter limiter, Client client, CreditRequest request) {
        hear(() -> client.denied(KEY));
        hear(() -> client.fallback(KEY));
        hear(() -> limiter.acquire(request));
        hear(() -> limiter.acquireAll(List.of(request, CreditRequest.of(KEY + 2, LIMIT))));
        hear(() -> limiter.pause(new CreditKey("", KEY), Duration.ofSeconds(1)).get(1, TimeUnit.SECONDS));
    }

    private interface Asked {

        Object ask() throws Exception;
    }

    /** What a caller is answered, or what is thrown at it with all causes. */
    private void hear(Asked asked) {
        try {
            said.add(String.valueOf(asked.ask()));
        } catch (Exception e) {
            said.add(Throwables.getStackTrace(e));
        }
    }

    /** A listener that fails. */
    static final class Failing implements RateLimiterListener {

        @Override
        public void granted(CreditRequest request, Acquisition.Granted granted) {
            throw new IllegalStateException(String.valueOf(request));
        }
    }

    /** Calls out. */
    static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public String denied(String account) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#account", fallbackMethod = "instead")
        public String fallback(String account) {
            return "called";
        }

        String instead(String account) {
            return "instead";
        }

        @ReverseRateLimited(name = "stripe", key = "#account")
        public String waits(String account) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#accounts")
        public String array(String[] accounts) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#account", cost = "#cost")
        public String costly(String account, int cost) {
            return "called";
        }
    }

    /** What MONITOR tells of a Redis. */
    private static final class Monitor implements AutoCloseable {

        private final Socket socket;

        Monitor(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
            until("+OK");
        }

        String until(String end) throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            byte[] some = new byte[4_096];
            while (text.indexOf(end) < 0) {
                int read = in.read(some);
                assertThat(read).isPositive();
                text.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
            }
            return text.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
