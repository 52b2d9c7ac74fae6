package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls in flight, counted by several instances in a real Redis. */
@ExtendWith(RedisServer.class)
@Timeout(60)
class FlightsIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RedisServer server;
    private final String key = UUID.randomUUID().toString();
    private final ReverseRateLimiter one;
    private final ReverseRateLimiter other;
    private final ExecutorService threads = Executors.newFixedThreadPool(12);

    FlightsIT(RedisServer server) {
        this.server = server;
        this.one = limiter();
        this.other = limiter();
    }

    private ReverseRateLimiter limiter() {
        return ReverseRateLimiter.builder(new RedisCreditStore(server.executor(), "rrl:"))
                .storeTimeout(Duration.ofSeconds(5))
                .build();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        one.close();
        other.close();
    }

    @Test
    void noMoreCallsThanTheCapAreInFlightAndAllGetTheirTurn() throws Exception {
        CreditRequest request = CreditRequest.inFlight(key, 3).maxWait(LONG);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        List<Future<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ReverseRateLimiter limiter = i % 2 == 0 ? one : other;
            calls.add(threads.submit((Callable<Void>) () -> {
                for (int j = 0; j < 5; j++) {
                    limiter.call(request, () -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        three.countDown();
                        three.await(); // the first ones wait for each other
                        return now.decrementAndGet();
                    });
                }
                return null;
            }));
        }
        for (Future<Void> call : calls) {
            call.get();
        }
        assertThat(most).hasValue(3);
        await().untilAsserted(() -> assertThat(
                        one.acquire(CreditRequest.inFlight(key, 3)).remaining())
                .isEqualTo(2));
    }

    @Test
    void aCallKeepsItsCreditUntilItHasEndedAndOneWindowMore() {
        CreditRequest request = CreditRequest.of(key, RateLimit.of(1, Duration.ofMillis(300)))
                .flow(Flow.FREE.countUntil(CountUntil.COMPLETION));
        Granted granted = (Granted) one.acquire(request);
        assertThat(one.acquire(request)).isInstanceOf(Denied.class);
        await().pollDelay(Duration.ofMillis(400))
                .untilAsserted(() -> assertThat(other.acquire(request)).isInstanceOf(Denied.class));

        one.complete(granted, CallEnd.ANSWERED);
        long ended = System.nanoTime();
        Granted next = (Granted) other.acquire(request.maxWait(LONG));

        assertThat(System.nanoTime() - ended)
                .isGreaterThan(Duration.ofMillis(290).toNanos());
        other.complete(next, CallEnd.ANSWERED);
    }

    @Test
    void callersWhoWaitForCallsToEndAreServedInOrderAndAtOnce() throws Exception {
        Duration window = Duration.ofMillis(500);
        CreditRequest request = CreditRequest.of(key, RateLimit.of(5, window))
                .flow(Flow.FREE.countUntil(CountUntil.COMPLETION))
                .maxWait(LONG);
        List<long[]> calls = Collections.synchronizedList(new ArrayList<>());
        long begin = System.nanoTime();
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ReverseRateLimiter limiter = i % 2 == 0 ? one : other;
            all.add(threads.submit((Callable<Void>) () -> {
                while (System.nanoTime() - begin < Duration.ofSeconds(5).toNanos()) {
                    limiter.call(request, () -> {
                        long from = System.nanoTime();
                        calls.add(new long[] {from, System.nanoTime()});
                        return null;
                    });
                }
                return null;
            }));
        }
        for (Future<Void> each : all) {
            each.get();
        }
        calls.sort((a, b) -> Long.compare(a[1], b[1]));
        for (int i = 0; i + 5 < calls.size(); i++) {
            // It ended before the other began, and one window more.
            assertThat(calls.get(i + 5)[0] - calls.get(i)[0]).isGreaterThanOrEqualTo(window.toNanos());
        }
        System.out.println(calls.size() + " calls in 5 s");
        assertThat(calls.size()).isGreaterThan(40);
    }
}
