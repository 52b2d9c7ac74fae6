package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** What is published is heard soon, and again soon after Redis was away; nobody listens who was not asked to. */
@ExtendWith(OutputCaptureExtension.class)
abstract class SubscriptionContract {

    private static final String CHANNEL = "rrl:called:1";
    private static final int MESSAGES = 200;
    private static final Duration PATIENCE = Duration.ofMillis(250);
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private FragileRedis redis;
    private Proxy proxy;
    private RedisConnectionFactory factory;
    private SpringDataRedisScriptExecutor executor;
    private RedisCreditStore store;
    private LettuceScriptExecutor other;

    /** To 127.0.0.1, as Spring Boot sets it up. */
    abstract RedisConnectionFactory factory(int port, String user);

    /** Of one that runs scripts. */
    abstract int connections();

    @BeforeEach
    void startRedis() {
        redis = FragileRedis.start(
                "user app on >secret ~* &* +@all",
                "user deaf on >secret ~* resetchannels +@all",
                "user default on nopass ~* &* +@all");
        proxy = Proxy.to(redis.port());
        connect("app");
    }

    private void connect(String user) {
        factory = factory(proxy.port(), user);
        OutageContract.start(factory);
        executor = new SpringDataRedisScriptExecutor(factory, PATIENCE);
        store = new RedisCreditStore(executor, "heard:");
    }

    @AfterEach
    void stopRedis() throws Exception {
        store.close();
        ((DisposableBean) factory).destroy();
        if (other != null) {
            other.close();
        }
        proxy.close();
        redis.close();
    }

    private void listen() {
        executor.subscribe(CHANNEL, message -> heard.add(new String(message, StandardCharsets.UTF_8)));
    }

    private void decide() {
        store.selfTest(PATIENCE).toCompletableFuture().join();
    }

    private void publish(String message) {
        if (other == null) {
            other = redis.executor();
        }
        other.commands().publish(CHANNEL.getBytes(StandardCharsets.UTF_8), message.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isHeard(String message) throws InterruptedException {
        publish(message);
        for (String next = heard.poll(5, TimeUnit.MILLISECONDS);
                next != null;
                next = heard.poll(5, TimeUnit.MILLISECONDS)) {
            if (next.equals(message)) {
                return true;
            }
        }
        return false;
    }

    private void isListened() {
        await().until(() -> isHeard("first"));
        heard.clear();
    }

    private static boolean hasThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"));
    }

    @Test
    void hearsWithinATenthOfASecond() throws InterruptedException {
        listen();
        isListened();

        long[] nanos = new long[MESSAGES];
        try (Stalls stalls = new Stalls()) {
            for (int i = 0; i < MESSAGES; i++) {
                Duration stalled = stalls.total();
                long published = System.nanoTime();
                publish(Integer.toString(i));
                assertThat(heard.poll(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
                nanos[i] = System.nanoTime()
                        - published
                        - stalls.total().minus(stalled).toNanos();
            }
        }

        Arrays.sort(nanos);
        System.err.println("XXX p50 " + nanos[MESSAGES / 2] / 1000 + " p99 " + nanos[MESSAGES * 99 / 100] / 1000);
        assertThat(Duration.ofNanos(nanos[MESSAGES * 99 / 100])).as("99 of 100").isLessThan(SOON);
    }

    final void hearsAgainAfter(Trouble trouble) throws InterruptedException {
        listen();
        decide();
        isListened();
        other.close();
        other = null;

        trouble.begin(redis, proxy);
        // Calls notice first what those who only listen do not.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            store.selfTest(PATIENCE)
                    .toCompletableFuture()
                    .exceptionally(failure -> null)
                    .join();
            OutageContract.pause(Duration.ofMillis(20));
        }

        trouble.end(redis, proxy);
        try (Stalls stalls = new Stalls()) {
            long back = System.nanoTime();
            while (!isHeard("again")) {
                assertThat(Duration.ofNanos(System.nanoTime() - back).minus(stalls.total()))
                        .as("time after which it is heard again")
                        .isLessThan(Duration.ofSeconds(1));
            }
            System.err.println("XXX again after " + trouble + " " + (System.nanoTime() - back) / 1000000);
        }
    }

    @Test
    void opensNothingUntilItIsAskedToListen() {
        decide();
        assertThat(proxy.connections()).isBetween(1, connections());

        listen();
        isListened();

        assertThat(proxy.connections()).isBetween(2, connections() + 1);
    }

    @Test
    void hearsOnWhenAListenerFails() {
        executor.subscribe(CHANNEL, message -> {
            heard.add(new String(message, StandardCharsets.UTF_8));
            throw new IllegalStateException("on purpose");
        });

        isListened();
        isListened();
    }

    @Test
    void leavesNoThreadAndNoConnectionWhenItIsClosed() {
        listen();
        isListened();

        store.close();

        await().untilAsserted(() -> {
            assertThat(proxy.connections()).isZero();
            assertThat(hasThreads()).isFalse();
        });
    }

    @Test
    void closesInTimeWhileRedisHangs() {
        listen();
        isListened();
        redis.freeze();
        long begun = System.nanoTime();

        store.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        await().untilAsserted(() -> {
            assertThat(proxy.connections()).isZero();
            assertThat(hasThreads()).isFalse();
        });
    }

    @Test
    void saysOnceThatItMayNotListen(CapturedOutput output) {
        store.close();
        connect("deaf");

        listen();

        await().until(() -> output.getAll().contains("+publish +subscribe &rrl:called:*"));
        decide();
        assertThat(IntStream.range(0, output.getAll().length())
                        .filter(at -> output.getAll().startsWith("cannot be told", at)))
                .hasSize(1);
    }
}
