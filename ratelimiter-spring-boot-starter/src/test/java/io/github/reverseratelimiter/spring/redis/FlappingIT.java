package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** FAULTS rows 7 and 48: a Redis that comes and goes, sixty times ({@code -Dflapping.half=1s}), under callers that never stop. */
class FlappingIT {

    private static final int CALLERS = 8;
    private static final int TIMES = 60;
    private static final Duration HALF = DurationStyle.detectAndParse(System.getProperty("flapping.half", "25ms"));
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final CreditRequest REQUEST = CreditRequest.of("acme", RateLimit.of(1_000_000, Duration.ofHours(1)));

    /**
     * The client, and how many connections and threads it may have: those of older generations, which are kept for a time-out, beside the
     * new one. One generation is tried in each interval, and one more when it was opened.
     */
    enum Client {
        LETTUCE(2, 1),
        JEDIS(32, 33);

        private final int connections;
        private final int threads;

        Client(int connections, int threads) {
            this.connections = connections;
            this.threads = threads;
        }

        RedisConnectionFactory to(int port) {
            if (this == JEDIS) {
                return JedisOutageIT.asSpringBootDoes(port);
            }
            return new LettuceConnectionFactory("127.0.0.1", port);
        }
    }

    /** What is told of outages, in order. */
    private static final class Outages implements RateLimiterListener {

        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void storeWentAway(CreditStoreException cause) {
            told.add("away");
        }

        @Override
        public void storeCameBack(Duration away) {
            told.add("back");
        }
    }

    private final Outages outages = new Outages();
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();
    private final AtomicBoolean over = new AtomicBoolean();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    @ParameterizedTest
    @EnumSource
    void nothingPilesUpAndEachOutageIsToldOnce(Client client) {
        try (FragileRedis redis = FragileRedis.start();
                Proxy proxy = Proxy.to(redis.port())) {
            RedisConnectionFactory factory = client.to(proxy.port());
            OutageContract.start(factory);
            try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(
                            new RedisCreditStore(new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT), "flap:"))
                    .storeTimeout(STORE_TIMEOUT)
                    .listener(outages)
                    .executor(Runnable::run)
                    .build()) {
                await().until(() -> isGranted(limiter));
                try (LogLines log = new LogLines()) {
                    Duration took = flap(limiter, proxy, client);
                    fewLines(log.ours(), took);
                }
            } finally {
                over.set(true);
                callers.shutdown();
                ((Lifecycle) factory).stop();
            }
        }
    }

    /** Returns how long it took. */
    private Duration flap(ReverseRateLimiter limiter, Proxy proxy, Client client) {
        long begin = System.nanoTime();
        AtomicInteger granted = new AtomicInteger();
        for (int i = 0; i < CALLERS; i++) {
            callers.execute(() -> {
                while (!over.get()) {
                    granted.addAndGet(isGranted(limiter) ? 1 : 0);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            });
        }
        for (int i = 0; i < TIMES; i++) {
            proxy.refuse();
            proxy.cut(i % 2 == 0 ? Proxy.Cut.RST : Proxy.Cut.FIN);
            OutageContract.pause(HALF);
            assertThat(threads()).isLessThanOrEqualTo(client.threads);
            proxy.listen();
            OutageContract.pause(HALF);
            assertThat(proxy.connections()).isLessThanOrEqualTo(client.connections);
            assertThat(threads()).isLessThanOrEqualTo(client.threads);
        }
        long back = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5)).until(() -> isGranted(limiter));
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(1));
        over.set(true);

        assertThat(granted).hasPositiveValue();
        assertThat(outages.told)
                .hasSizeBetween(2, 2 * TIMES)
                .isEqualTo(IntStream.range(0, outages.told.size())
                        .mapToObj(i -> i % 2 == 0 ? "away" : "back")
                        .toList());
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Two outages a minute are told, each with its end; the others are summed up. */
    private static void fewLines(List<String> lines, Duration took) {
        List<String> begins = linesOf(lines, "WARNING The store did not decide; ");
        List<String> ends = linesOf(lines, "INFO The store decides again after ");
        assertThat(begins).hasSizeBetween(1, 2 * (1 + (int) took.toMinutes()));
        assertThat(ends).hasSameSizeAs(begins);
        assertThat(lines).as("and nothing else").hasSizeLessThanOrEqualTo(4 * (1 + (int) took.toMinutes()));
    }

    private static List<String> linesOf(List<String> lines, String beginning) {
        return lines.stream().filter(line -> line.startsWith(beginning)).toList();
    }

    private static boolean isGranted(ReverseRateLimiter limiter) {
        return limiter.acquire(REQUEST) instanceof Acquisition.Granted;
    }

    /** Those of this test: others may still be idle. */
    private long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"))
                .filter(thread -> !before.contains(thread))
                .count();
    }
}
