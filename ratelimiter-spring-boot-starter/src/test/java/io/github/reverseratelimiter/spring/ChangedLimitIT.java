package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.BusiestWindow;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Annotated methods use a key of a real Redis to the full while its limit is raised and lowered again (FAULTS 33). */
class ChangedLimitIT {

    private static final int LOW = 10;
    private static final int HIGH = 40;
    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final int CALLERS = 4;

    private static final Queue<Long> TIMES = new ConcurrentLinkedQueue<>();

    private static List<Long> all;
    private static long raised;
    private static long lowered;

    @BeforeAll
    static void load() {
        AtomicBoolean over = new AtomicBoolean();
        Contexts.redis(RedisServer.shared())
                .withPropertyValues(
                        "reverse-rate-limiter.key-prefix=changed" + System.nanoTime() + ":",
                        "reverse-rate-limiter.store-timeout=10s",
                        "reverse-rate-limiter.limiters.github.limit=" + LOW,
                        "reverse-rate-limiter.limiters.github.window=100ms",
                        "reverse-rate-limiter.limiters.github.max-wait=10s")
                .withBean(RateLimiterListener.class, Times::new)
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    NamedLimiter github =
                            context.getBean(ReverseRateLimiter.class).named("github");
                    List<Thread> threads = new ArrayList<>();
                    for (int i = 0; i < CALLERS; i++) {
                        Thread thread = new Thread(() -> {
                            while (!over.get()) {
                                client.call("acme");
                            }
                        });
                        thread.start();
                        threads.add(thread);
                    }
                    try {
                        untilGranted(60);
                        github.configure(github.settings().limits(RateLimit.of(HIGH, WINDOW)));
                        raised = untilGranted(200);
                        github.configure(github.settings().limits(RateLimit.of(LOW, WINDOW)));
                        lowered = untilGranted(60);
                        untilGranted(60);
                    } finally {
                        over.set(true);
                        for (Thread thread : threads) {
                            thread.join();
                        }
                    }
                });
        all = TIMES.stream().sorted().toList();
    }

    private static long untilGranted(int more) {
        int enough = TIMES.size() + more;
        await().until(() -> TIMES.size() >= enough);
        return TIMES.stream().mapToLong(time -> time).max().orElseThrow();
    }

    /** The most grants of any window, by the times that Redis gave them. */
    private static int most(List<Long> times) {
        return BusiestWindow.of(times, WINDOW.toNanos() / 1_000);
    }

    @Test
    void noWindowHoldsMoreThanTheLargerLimit() {
        assertThat(most(all)).isLessThanOrEqualTo(HIGH);
    }

    @Test
    void aRaisedLimitIsUsed() {
        assertThat(most(all.stream().filter(time -> time <= raised).toList())).isGreaterThan(LOW);
    }

    @Test
    void aLoweredLimitHoldsFromThenOn() {
        List<Long> after = all.stream().filter(time -> time > lowered).toList();

        assertThat(after).hasSizeGreaterThan(LOW);
        assertThat(most(after)).isLessThanOrEqualTo(LOW);
    }

    private static final class Times implements RateLimiterListener {

        @Override
        public void granted(CreditRequest request, Granted granted) {
            if (granted.basis() instanceof Basis.Store basis) {
                TIMES.add(basis.credit().at());
            }
        }
    }

    static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void call(String account) {}
    }
}
