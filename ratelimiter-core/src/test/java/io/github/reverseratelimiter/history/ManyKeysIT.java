package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * FAULTS row 42: keys that users make up take memory only until their window has passed. With 50,000 of them, or as many
 * as {@code -Dmany-keys=1000000} says.
 */
class ManyKeysIT {

    private static final int KEYS = Integer.getInteger("many-keys", 50_000);
    private static final RateLimit LIMIT = RateLimit.of(10, Duration.ofSeconds(Math.max(3, KEYS / 10_000)));
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int IN_FLIGHT = 1_000;
    private static final long SLACK_BYTES = 2_000_000;

    @Test
    void memoryReturnsWhenTheirWindowHasPassed(TestReporter reporter) throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                LettuceScriptExecutor redis = server.executor();
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(server.executor(), "rrl:"))
                        .storeTimeout(LONG)
                        .executor(Runnable::run)
                        .build()) {
            redis.commands().configSet("hz", "100");
            redis.commands().configSet("active-expire-effort", "10");
            limiter.tryAcquire("first", LIMIT);
            long before = memory(redis);

            assertThat(takeOfEach(limiter)).isEqualTo(KEYS);
            long added = memory(redis) - before;
            long keys = redis.commands().dbsize();
            reporter.publishEntry("many-keys", added / keys + " bytes a key, " + keys + " of " + KEYS + " keys there");
            assertThat(keys).isGreaterThan(KEYS / 4);
            assertThat(added / keys).isBetween(100L, 1_000L);

            await().atMost(LIMIT.window().plus(LONG)).untilAsserted(() -> {
                assertThat(redis.commands().dbsize()).isZero();
                assertThat(memory(redis)).isLessThan(before + SLACK_BYTES);
            });
        }
    }

    private static int takeOfEach(ReverseRateLimiter limiter) throws InterruptedException {
        Random random = new Random(1);
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicInteger granted = new AtomicInteger();
        for (int i = 0; i < KEYS; i++) {
            free.acquire();
            CreditRequest request = CreditRequest.of("user-" + i + "-" + random.nextLong(), LIMIT);
            limiter.acquireAsync(request).whenComplete((answer, failure) -> {
                granted.addAndGet(answer instanceof Acquisition.Granted ? 1 : 0);
                free.release();
            });
        }
        free.acquire(IN_FLIGHT);
        return granted.get();
    }

    private static long memory(LettuceScriptExecutor redis) {
        Matcher used =
                Pattern.compile("used_memory:(\\d+)").matcher(redis.commands().info("memory"));
        assertThat(used.find()).isTrue();
        return Long.parseLong(used.group(1));
    }
}
