package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two instances use one key of a real Redis to the full while its limit is raised and lowered again, first at one of them
 * and then at the other (FAULTS 33). The grants are judged afterwards, by their times.
 */
class ChangedLimitIT {

    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final RateLimit LOW = RateLimit.of(10, WINDOW);
    private static final RateLimit HIGH = RateLimit.of(40, WINDOW);
    private static final int CALLERS = 4;
    private static final int GRANTS = 60;

    private static final Queue<Grant> GRANTED = new ConcurrentLinkedQueue<>();
    private static final AtomicBoolean OVER = new AtomicBoolean();

    private static long raised;
    private static long lowered;

    @BeforeAll
    static void load() throws InterruptedException {
        String key = "changed " + System.nanoTime();
        try (ReverseRateLimiter one = instance();
                ReverseRateLimiter other = instance()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                ReverseRateLimiter limiter = i % 2 == 0 ? one : other;
                Thread thread = new Thread(() -> call(limiter, key));
                thread.start();
                threads.add(thread);
            }
            try {
                untilGranted(GRANTS);
                configure(one, HIGH);
                untilGranted(GRANTS);
                configure(other, HIGH);
                raised = untilGranted(4 * GRANTS);
                configure(one, LOW);
                untilGranted(GRANTS);
                configure(other, LOW);
                lowered = untilGranted(GRANTS);
                untilGranted(GRANTS);
            } finally {
                OVER.set(true);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
    }

    private static ReverseRateLimiter instance() {
        return ReverseRateLimiter.builder(
                        new RedisCreditStore(RedisServer.shared().executor(), "rrl:"))
                .storeTimeout(Duration.ofSeconds(10))
                .limiter(new LimiterSettings(
                        "github", List.of(LOW), Duration.ZERO, Waiting.upTo(Duration.ofSeconds(10))))
                .build();
    }

    private static void configure(ReverseRateLimiter limiter, RateLimit limit) {
        LimiterSettings settings = limiter.named("github").settings();
        limiter.named("github").configure(settings.limits(limit));
    }

    private static void call(ReverseRateLimiter limiter, String key) {
        while (!OVER.get()) {
            if (limiter.named("github").acquire(key) instanceof Acquisition.Granted granted
                    && granted.basis() instanceof Acquisition.Basis.Store basis) {
                long at = basis.credit().at();
                GRANTED.add(new Grant(at, 1, at, at, Thread.currentThread().getName()));
            }
        }
    }

    /** Returns after so many further grants, with the time of the latest. */
    private static long untilGranted(int more) {
        int enough = GRANTED.size() + more;
        await().until(() -> GRANTED.size() >= enough);
        return GRANTED.stream().mapToLong(Grant::at).max().orElseThrow();
    }

    private static History between(long from, long to) {
        return new History(
                GRANTED.stream()
                        .filter(grant -> grant.at() > from && grant.at() <= to)
                        .toList(),
                List.of());
    }

    @Test
    void noWindowHoldsMoreThanTheLargerLimit() {
        assertThat(between(0, Long.MAX_VALUE).violations(List.of(HIGH))).isEmpty();
    }

    @Test
    void aRaisedLimitIsUsed() {
        assertThat(between(0, raised).violations(List.of(LOW))).isNotEmpty();
    }

    @Test
    void aLoweredLimitHoldsFromThenOn() {
        assertThat(between(lowered, Long.MAX_VALUE).violations(List.of(LOW))).isEmpty();
    }
}
