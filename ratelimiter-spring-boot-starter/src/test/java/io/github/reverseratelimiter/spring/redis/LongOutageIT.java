package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.convert.DurationStyle;

/**
 * FAULTS rows 1 and 54: one Redis is down for 45 s ({@code -Doutage.lasts}) under three applications at once. Others that
 * are down for 3 s meanwhile are probed, not hammered, and used again within a second too.
 *
 * <p>The order saves time only: the long outage lasts while the short ones happen.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LongOutageIT {

    private static final Duration LONG = DurationStyle.detectAndParse(System.getProperty("outage.lasts", "45s"));
    private static final Duration BACK_WITHIN = Duration.ofSeconds(1);
    private static final Duration UNTIL_KNOWN = Duration.ofSeconds(1);
    private static final Duration COUNTED = Duration.ofSeconds(2);
    private static final int PROBES_A_SECOND = 5;

    /** For the first and the last of them. */
    private static final int PROBES_AT_THE_ENDS = 2;

    /** When it was granted again, and for how long the machine had stood still until then. */
    private record Return(long nanos, Duration stalled) {}

    private static final Map<Application, CompletableFuture<Return>> RETURNS = new EnumMap<>(Application.class);
    private static final CountDownLatch GRANTED = new CountDownLatch(Application.values().length);
    private static final CountDownLatch DOWN = new CountDownLatch(1);
    private static final Stalls STALLS = new Stalls();

    private static FragileRedis redis;
    private static long downSince;
    private static volatile boolean ending;

    @BeforeAll
    static void goDown() throws InterruptedException {
        redis = FragileRedis.start();
        for (Application application : Application.values()) {
            RETURNS.put(application, new CompletableFuture<>());
            daemon(() -> application.run(redis.port(), asks -> live(application, asks)));
        }
        assertThat(GRANTED.await(60, TimeUnit.SECONDS)).isTrue();
        redis.kill();
        downSince = System.nanoTime();
        DOWN.countDown();
    }

    @AfterAll
    static void clear() {
        redis.close();
        STALLS.close();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "application");
        thread.setDaemon(true);
        thread.start();
    }

    private static void live(Application application, BooleanSupplier asks) {
        try {
            await().until(asks::getAsBoolean);
            GRANTED.countDown();
            DOWN.await();
            while (!ending) {
                assertThat(asks.getAsBoolean())
                        .as("granted while Redis is down")
                        .matches(granted -> !granted || ending);
                OutageContract.pause(Duration.ofMillis(20));
            }
            while (!asks.getAsBoolean()) {
                OutageContract.pause(Duration.ofMillis(5));
            }
            RETURNS.get(application).complete(new Return(System.nanoTime(), STALLS.total()));
        } catch (InterruptedException | RuntimeException | Error e) {
            RETURNS.get(application).completeExceptionally(e);
        }
    }

    @Order(1)
    @Tag("once")
    @ParameterizedTest
    @EnumSource
    void isProbedAndNotHammered(Application application) {
        try (FragileRedis other = FragileRedis.start("busy-reply-threshold 50");
                Proxy proxy = Proxy.to(other.port())) {
            application.run(proxy.port(), asks -> {
                for (Trouble trouble : List.of(Trouble.KILLED, Trouble.BUSY, Trouble.FROZEN)) {
                    await().until(asks::getAsBoolean);
                    hammer(asks, () -> {
                        trouble.begin(other, proxy);
                        OutageContract.pause(UNTIL_KNOWN);
                        isProbed(trouble, proxy);
                    });
                    trouble.end(other, proxy);
                    isBack(asks);
                }
            });
        }
    }

    /** By callers without pause, while this happens. */
    private static void hammer(BooleanSupplier asks, Runnable course) {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong asked = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(OutageContract.MANY);
        try {
            for (int i = 0; i < OutageContract.MANY; i++) {
                threads.execute(() -> {
                    while (!over.get()) {
                        boolean unused = asks.getAsBoolean();
                        asked.incrementAndGet();
                    }
                });
            }
            course.run();
        } finally {
            over.set(true);
            threads.shutdown();
            await().until(threads::isTerminated);
        }
        assertThat(asked).hasValueGreaterThan(10L * OutageContract.MANY);
    }

    private static void isProbed(Trouble trouble, Proxy proxy) {
        int attempts = proxy.attempts();
        int scripts = proxy.scripts();
        long from = System.nanoTime();
        OutageContract.pause(COUNTED);
        attempts = proxy.attempts() - attempts;
        scripts = proxy.scripts() - scripts;
        double seconds = (System.nanoTime() - from) / 1e9;

        int most = PROBES_AT_THE_ENDS + (int) (PROBES_A_SECOND * seconds);
        assertThat(attempts).as("connections, %s", trouble).isLessThanOrEqualTo(most);
        assertThat(scripts).as("scripts, %s", trouble).isLessThanOrEqualTo(most);
    }

    private static void isBack(BooleanSupplier asks) {
        long back = System.nanoTime();
        Duration stalled = STALLS.total();
        while (!asks.getAsBoolean()) {
            OutageContract.pause(Duration.ofMillis(5));
        }
        isSoon(new Return(System.nanoTime(), STALLS.total()), back, stalled);
    }

    private static void isSoon(Return granted, long back, Duration stalled) {
        assertThat(Duration.ofNanos(granted.nanos() - back)
                        .minus(granted.stalled().minus(stalled)))
                .as("time after which Redis is used again")
                .isLessThan(BACK_WITHIN);
    }

    @Order(2)
    @Test
    void isUsedAgainWithinASecondAfterALongOutage() {
        OutageContract.pause(LONG.minusNanos(System.nanoTime() - downSince));
        Duration stalled = STALLS.total();

        ending = true;
        redis.restart();
        long back = System.nanoTime();

        RETURNS.forEach((application, granted) -> assertThat(granted)
                .as("%s", application)
                .succeedsWithin(Duration.ofSeconds(10))
                .satisfies(it -> isSoon(it, back, stalled)));
    }
}
