package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.BusiestWindow;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis that is stopped and started again under three limiters, before a provider that counts (FAULTS 2, 6, 9). */
@Timeout(60)
class OutageIT {

    private static final int INSTANCES = 3;
    private static final Duration WINDOW = Duration.ofMillis(500);
    private static final CreditRequest CALL = CreditRequest.of("acme", RateLimit.of(30, WINDOW));

    /** As many grants as the limit allows in a second: so many take about that long, or longer. */
    private static final int SECOND = 60;

    /** A call: when the provider saw it (after its grant, before any other of its thread), and who granted it. */
    private record Call(long nanos, Basis basis) {}

    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final List<Long> longest = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void threeInstancesStayWithinTheLimitWithoutTheStoreAndAfterItsReturn() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<ReverseRateLimiter> limiters = new ArrayList<>();
        List<Future<?>> callers = new ArrayList<>();
        try (RedisServer server = RedisServer.start()) {
            for (int i = 0; i < INSTANCES; i++) {
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(server.executor(), "rrl:"))
                        .onStoreFailure(OnStoreFailure.LOCAL)
                        .localShare(new InMemoryCreditStore(), INSTANCES)
                        .build();
                limiters.add(limiter);
                for (int j = 0; j < 2; j++) {
                    callers.add(threads.submit(() -> call(limiter)));
                }
            }
            untilGranted(SECOND, Basis.Store.class);
            server.stop();
            long stopped = System.nanoTime();
            untilGranted(3 * SECOND, Basis.Local.class);
            long back = System.nanoTime();
            server.startAgain();
            untilGranted(6 * SECOND, Basis.Store.class);
            long end = System.nanoTime();
            over.set(true);
            for (Future<?> caller : callers) {
                caller.get();
            }

            assertThat(count(stopped + Duration.ofSeconds(1).toNanos(), back, Basis.Local.class))
                    .isPositive();
            assertThat(count(end - WINDOW.toNanos() * 2, end, Basis.Store.class))
                    .isPositive();
            assertThat(count(end - WINDOW.toNanos() * 2, end, Basis.Local.class))
                    .isZero();
            assertThat(mostInAWindow(stopped + Duration.ofSeconds(1).toNanos(), end))
                    .isLessThanOrEqualTo(30);
            assertThat(Collections.max(longest))
                    .isLessThan(Duration.ofSeconds(1).toNanos());
        } finally {
            over.set(true);
            limiters.forEach(ReverseRateLimiter::close);
            threads.shutdownNow();
        }
    }

    /** Returns when so many more were granted by this one. */
    private void untilGranted(int more, Class<? extends Basis> basis) {
        long since = System.nanoTime();
        await().atMost(Duration.ofSeconds(30)).until(() -> count(since, System.nanoTime(), basis) >= more);
    }

    private void call(ReverseRateLimiter limiter) {
        while (!over.get()) {
            long begin = System.nanoTime();
            if (limiter.acquire(CALL) instanceof Granted granted) {
                calls.add(new Call(System.nanoTime(), granted.basis()));
            }
            longest.add(System.nanoTime() - begin);
            LockSupport.parkNanos(500_000);
        }
    }

    private long count(long from, long to, Class<? extends Basis> basis) {
        return calls.stream()
                .filter(call -> call.nanos() - from >= 0 && call.nanos() - to < 0 && basis.isInstance(call.basis()))
                .count();
    }

    private int mostInAWindow(long from, long to) {
        return BusiestWindow.of(
                calls.stream()
                        .map(Call::nanos)
                        .filter(at -> at - from >= 0 && at - to < 0)
                        .toList(),
                WINDOW.toNanos());
    }
}
