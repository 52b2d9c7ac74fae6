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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * What the application asks its Redis for itself is answered as if there were no limiter, however many callers that
 * keeps waiting.
 */
abstract class ApplicationTrafficContract {

    private static final int CALLERS = 64;
    private static final int GETS = 400;
    private static final Duration MOST = Duration.ofSeconds(1);
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final CreditRequest REQUEST = CreditRequest.of("acme", RateLimit.of(1_000_000, Duration.ofHours(1)));

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong decided = new AtomicLong();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private FragileRedis redis;
    private Proxy proxy;
    private RedisConnectionFactory factory;
    private StringRedisTemplate template;
    private ReverseRateLimiter limiter;
    private List<String> theirs;
    private List<?> settings;

    /** To 127.0.0.1, as Spring Boot sets it up. */
    abstract RedisConnectionFactory factory(int port);

    /** All of which an outage depends on. */
    abstract List<?> settings(RedisConnectionFactory factory);

    @BeforeEach
    void connect() {
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
        factory = factory(proxy.port());
        OutageContract.start(factory);
        template = new StringRedisTemplate(factory);
        template.opsForValue().set("theirs", "value");
        theirs = clients().map(ApplicationTrafficContract::id).toList();
        settings = settings(factory);
        limiter = ReverseRateLimiter.builder(
                        new RedisCreditStore(new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT), "traffic:"))
                .storeTimeout(STORE_TIMEOUT)
                .build();
        await().until(() -> limiter.acquire(REQUEST) instanceof Acquisition.Granted);
    }

    @AfterEach
    void disconnect() {
        over.set(true);
        callers.shutdown();
        limiter.close();
        ((Lifecycle) factory).stop();
        proxy.close();
        redis.close();
    }

    private void callWithoutEnd(Duration pause) {
        for (int i = 0; i < CALLERS; i++) {
            callers.execute(() -> {
                while (!over.get()) {
                    var unused = limiter.acquire(REQUEST);
                    decided.incrementAndGet();
                    LockSupport.parkNanos(pause.toNanos());
                }
            });
        }
        await().until(() -> decided.get() >= 2 * CALLERS);
    }

    /** The median, in nanoseconds; none of them waits for what hangs. */
    private long get() {
        long[] durations = new long[GETS];
        for (int i = 0; i < GETS; i++) {
            long begun = System.nanoTime();
            assertThat(template.opsForValue().get("theirs")).isEqualTo("value");
            durations[i] = System.nanoTime() - begun;
        }
        Arrays.sort(durations);
        assertThat(Duration.ofNanos(durations[GETS - 1])).isLessThan(MOST);
        return durations[GETS / 2];
    }

    /** Some 6,000 decisions a second: more would compare how the application and the limiter share two cores. */
    @Test
    void isAsFastBesideThousandsOfDecisionsASecond() {
        get();
        long alone = get();
        callWithoutEnd(Duration.ofMillis(10));

        long beside = get();

        assertThat(beside)
                .as("median beside the limiter's load, alone %d ns", alone)
                .isLessThan(bound(alone));
    }

    /** Calls of the limiter hang; whatever the application asks goes on, over connections of which none is taken. */
    @ParameterizedTest
    @EnumSource(names = {"LOSE_REQUESTS", "STALL"})
    void isAsFastWhileTheLimitersCallsHang(Proxy.Fault fault) {
        get();
        long alone = get();
        proxy.faultOfScripts(fault);
        callWithoutEnd(Duration.ofMillis(1));

        long beside = get();

        assertThat(beside)
                .as("median while the limiter hangs, alone %d ns", alone)
                .isLessThan(bound(alone));
    }

    @Test
    void sendsNothingOverTheConnectionsOfTheApplication() {
        List<String> before = applications();
        callWithoutEnd(Duration.ofMillis(1));

        assertThat(applications()).hasSameSizeAs(before).isNotEmpty().allMatch(line -> line.contains(" cmd=set "));
    }

    /** Those that were there before the limiter, as CLIENT LIST shows them. */
    private List<String> applications() {
        return clients().filter(line -> theirs.contains(id(line))).toList();
    }

    private Stream<String> clients() {
        return redis.answer("CLIENT LIST", Pattern.compile("(?s)\\$.*\n\r\n"))
                .group()
                .lines()
                .filter(line -> line.startsWith("id=") && !line.contains("cmd=client"));
    }

    private static String id(String line) {
        return line.substring(0, line.indexOf(' '));
    }

    @Test
    void leavesTheSettingsOfTheApplicationAlone() {
        assertThat(settings(factory)).isEqualTo(settings);
    }

    /** Three times as long and half a millisecond: the machine is shared, and a queue would cost a multiple of that. */
    private static long bound(long alone) {
        return 3 * alone + TimeUnit.MICROSECONDS.toNanos(500);
    }
}
