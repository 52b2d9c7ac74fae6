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
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** What is published is heard soon, and again soon after Redis was away; nobody listens who was not asked to. */
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
        await().ignoreExceptions()
                .untilAsserted(
                        () -> store.selfTest(PATIENCE).toCompletableFuture().join());
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
                while (!Integer.toString(i).equals(heard.poll(AT_MOST.toSeconds(), TimeUnit.SECONDS))) {
                    assertThat(Duration.ofNanos(System.nanoTime() - published)).isLessThan(AT_MOST);
                }
                nanos[i] = System.nanoTime()
                        - published
                        - stalls.total().minus(stalled).toNanos();
            }
        }

        Arrays.sort(nanos);
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
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() < end) {
            var unused = store.selfTest(PATIENCE);
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
    void saysOnceThatItMayNotListen() {
        store.close();
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(SpringDataRedisScriptExecutor.class.getName());
        Filter before = logger.getFilter();
        logger.setFilter(entry -> !said.add(entry.getMessage()));
        try {
            connect("deaf");
            listen();
            await().until(() -> !said.isEmpty());
            decide();
            // Until it was refused once more.
            await().until(() -> redis.answer("INFO commandstats", Pattern.compile("(?s)\\$.*\r\n\r\n"))
                    .group()
                    .matches("(?s).*cmdstat_subscribe:[^\r]*rejected_calls=[2-9].*"));
        } finally {
            logger.setFilter(before);
        }

        assertThat(said).singleElement().asString().contains("+publish +subscribe &rrl:called:*");
    }
}
