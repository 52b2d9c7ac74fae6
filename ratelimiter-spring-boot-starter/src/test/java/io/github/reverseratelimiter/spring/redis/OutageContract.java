package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Every decision ends in its time whatever happens to Redis, and Redis is used again as soon as it is back. */
abstract class OutageContract {

    static final int MANY = 64;

    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final Duration SLACK = Duration.ofMillis(50);
    private static final Duration AT_MOST = Duration.ofSeconds(1);
    static final RateLimit LIMIT = RateLimit.of(1_000_000, Duration.ofHours(1));
    static final CreditRequest REQUEST = CreditRequest.of("acme", LIMIT);

    FragileRedis redis;
    Proxy proxy;
    ReverseRateLimiter limiter;
    int granted;
    private RedisConnectionFactory factory;
    private Stalls stalls;

    /** As the context starts it. */
    static void start(RedisConnectionFactory factory) {
        try {
            ((InitializingBean) factory).afterPropertiesSet();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        ((Lifecycle) factory).start();
    }

    /** To 127.0.0.1, as Spring Boot sets it up. */
    abstract RedisConnectionFactory factory(int port);

    /** When all is well again. */
    abstract int mostConnections();

    /** When all is well again. */
    abstract int mostThreads();

    static void loadClasses(OutageContract first) {
        first.startRedis();
        first.connect();
        first.slowest(MANY, OutageContract::sync);
        first.slowest(MANY, OutageContract::async);
        first.stopRedis();
    }

    @BeforeEach
    void startRedis() {
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
        factory = factory(proxy.port());
        start(factory);
        stalls = new Stalls();
    }

    final void connect() {
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT);
        executor.warmUp();
        limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "outage:"))
                .storeTimeout(STORE_TIMEOUT)
                .margin(Duration.ofHours(1))
                .build();
    }

    @AfterEach
    void stopRedis() {
        limiter.close();
        ((Lifecycle) factory).stop();
        proxy.close();
        redis.close();
        stalls.close();
    }

    final void endsInTime(Trouble trouble) {
        begin(trouble);
        long slept = System.nanoTime();

        decidesInTime(1, OutageContract::sync);
        decidesInTime(MANY, OutageContract::sync);
        decidesInTime(1, OutageContract::async);
        decidesInTime(MANY, OutageContract::async);
        // Until connections that hang were given up.
        pause(Duration.ofMillis(1_300).minusNanos(System.nanoTime() - slept));
        decidesInTime(MANY, OutageContract::sync);
        decidesInTime(MANY, OutageContract::async);

        trouble.end(redis, proxy);
        comesBack();
        leavesNothingBehind();
    }

    private void leavesNothingBehind() {
        await().untilAsserted(() -> {
            assertThat(proxy.connections()).isBetween(1, mostConnections());
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"))
                    .hasSizeLessThanOrEqualTo(mostThreads());
        });
    }

    final void begin(Trouble trouble) {
        if (trouble.first) {
            trouble.begin(redis, proxy);
            connect();
        } else {
            connect();
            await().until(() -> isGranted());
            trouble.begin(redis, proxy);
        }
    }

    /** On a machine that others use, the thread that looks for stalls may be luckier than 64 others: twice more, then. */
    final void decidesInTime(int callers, Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        Duration least = AT_MOST;
        for (int i = 0; i < 3 && least.compareTo(STORE_TIMEOUT.plus(SLACK)) >= 0; i++) {
            Duration stalled = stalls.total();
            Duration slowest = slowest(callers, call);
            assertThat(slowest).isLessThan(AT_MOST);
            Duration without = slowest.minus(stalls.total().minus(stalled));
            least = without.compareTo(least) < 0 ? without : least;
        }

        assertThat(least)
                .as("slowest of %d, without the time in which the machine stood still", callers)
                .isLessThan(STORE_TIMEOUT.plus(SLACK));
    }

    final Duration slowest(int callers, Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        CountDownLatch start = new CountDownLatch(callers);
        List<CompletableFuture<Duration>> durations = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            durations.add(CompletableFuture.supplyAsync(
                            () -> {
                                start.countDown();
                                uninterrupted(start);
                                return System.nanoTime();
                            },
                            threads)
                    .thenCompose(begun -> call.apply(limiter)
                            .handle((decided, failure) -> Duration.ofNanos(System.nanoTime() - begun))));
        }
        Duration slowest = durations.stream()
                .map(CompletableFuture::join)
                .max(Duration::compareTo)
                .orElseThrow();
        threads.shutdown();
        return slowest;
    }

    static CompletableFuture<Acquisition> sync(ReverseRateLimiter limiter) {
        return CompletableFuture.completedFuture(limiter.acquire(REQUEST));
    }

    static CompletableFuture<Acquisition> async(ReverseRateLimiter limiter) {
        return limiter.acquireAsync(REQUEST);
    }

    final void comesBack() {
        Duration stalled = stalls.total();
        long back = System.nanoTime();
        while (!isGranted()) {
            pause(Duration.ofMillis(5));
            assertThat(Duration.ofNanos(System.nanoTime() - back)
                            .minus(stalls.total().minus(stalled)))
                    .as("time after which Redis is used again")
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    final boolean isGranted() {
        boolean now = limiter.acquire(REQUEST) instanceof Acquisition.Granted;
        granted += now ? 1 : 0;
        return now;
    }

    static void pause(Duration duration) {
        try {
            var unused = new Semaphore(0).tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void uninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
