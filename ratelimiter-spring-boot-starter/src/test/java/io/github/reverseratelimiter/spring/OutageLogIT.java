package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FAULTS row 48: an outage is a line at its beginning and a line at its end, however many callers it hits. That there is one
 * a minute between them is shown by a clock that is set, in the core.
 */
class OutageLogIT {

    private static final int CALLERS = 16;
    private static final RateLimit LIMIT = RateLimit.of(1_000_000, Duration.ofHours(1));
    private static final Duration OUTAGE = Duration.ofSeconds(2);

    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger undecided = new AtomicInteger();
    private FragileRedis redis;

    @BeforeEach
    void start() {
        redis = FragileRedis.start();
    }

    @AfterEach
    void stop() {
        over.set(true);
        callers.shutdown();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void anOutageIsTwoLines(String client) {
        Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.client-type=" + client,
                        "spring.data.redis.port=" + redis.port(),
                        "reverse-rate-limiter.store-timeout=1s",
                        "reverse-rate-limiter.margin=1h")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    await().until(() -> limiter.tryAcquire("acme", LIMIT) instanceof Granted);
                    try (LogLines log = new LogLines()) {
                        redis.kill();
                        for (int i = 0; i < CALLERS; i++) {
                            callers.execute(() -> callOnAndOn(limiter));
                        }
                        await().pollDelay(OUTAGE).until(() -> undecided.get() > 10 * CALLERS);
                        redis.restart();

                        await().until(() -> log.ours().size() > 1);
                        await().until(() -> limiter.tryAcquire("acme", LIMIT) instanceof Granted);
                        assertThat(log.ours()).hasSize(2);
                        assertThat(log.ours().get(0))
                                .startsWith("WARNING The store did not decide; ")
                                .contains("; caused by ");
                        assertThat(log.ours().get(1))
                                .startsWith("INFO The store decides again after ")
                                .contains(" requests got the answer that on-store-failure says");
                    } finally {
                        over.set(true);
                    }
                });
    }

    private void callOnAndOn(ReverseRateLimiter limiter) {
        Semaphore never = new Semaphore(0);
        try {
            while (!over.get() && !never.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                if (limiter.tryAcquire("acme", LIMIT) instanceof Denied) {
                    undecided.incrementAndGet();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
