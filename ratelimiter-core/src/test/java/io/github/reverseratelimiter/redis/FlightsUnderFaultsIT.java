package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.Proxy.Cut;
import io.github.reverseratelimiter.redis.Proxy.Fault;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Issue 5, a short soak of calls in flight (FAULTS rows 34 to 36): three instances, each on a wire of its own that delays, stalls,
 * loses and is cut, for shorter than a lease. {@code -Dflights.seed} makes other faults, {@code -Dflights.seconds} more of them.
 */
@Timeout(120)
class FlightsUnderFaultsIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final long SEED = Long.getLong("flights.seed", 20_260_105L);
    private static final Duration LASTS = Duration.ofSeconds(Long.getLong("flights.seconds", 5));
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final int INSTANCES = 3;
    private static final int THREADS = 4;
    private static final int AT_MOST = 4;
    private static final int LONGEST_FAULT_MILLIS = 600;
    private static final int CALM_MILLIS = 300;

    private final Random random = new Random(SEED);
    private final CreditRequest request = CreditRequest.inFlight("acme", AT_MOST);
    private final List<Proxy> wires = new ArrayList<>();
    private final List<ReverseRateLimiter> limiters = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch enough = new CountDownLatch(1);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger undecided = new AtomicInteger();

    @AfterEach
    void close() {
        threads.shutdownNow();
        limiters.forEach(ReverseRateLimiter::close);
        wires.forEach(Proxy::close);
    }

    /** Sends nothing twice, as the starter's own connections: what became of a command on a connection that broke is not known. */
    private static LettuceScriptExecutor atMostOnce(int port) {
        RedisClient client = RedisClient.create(RedisServer.uri(port));
        client.setOptions(ClientOptions.builder()
                .replayFilter(command -> true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        return new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
    }

    private ReverseRateLimiter limiter(int port) {
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(atMostOnce(port), "rrl:"))
                .lease(LEASE)
                .build();
        limiters.add(limiter);
        return limiter;
    }

    private void pause(int millis) throws InterruptedException {
        var unused = enough.await(millis, TimeUnit.MILLISECONDS);
    }

    private Void call(ReverseRateLimiter limiter, Random own) throws InterruptedException {
        CreditRequest waiting = request.maxWait(Duration.ofMillis(300));
        while (enough.getCount() > 0) {
            if (limiter.acquire(waiting) instanceof Granted granted) {
                most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                calls.incrementAndGet();
                pause(own.nextInt(10));
                inFlight.decrementAndGet();
                end(limiter, granted, own.nextInt(20));
            } else {
                undecided.incrementAndGet();
                pause(own.nextInt(20));
            }
        }
        return null;
    }

    private static void end(ReverseRateLimiter limiter, Granted granted, int way) {
        if (way == 0) {
            var unused = limiter.refund(granted);
        } else if (way == 1) {
            limiter.complete(granted, CallEnd.REFUSED);
            limiter.complete(granted, CallEnd.ANSWERED);
            var unused = limiter.refund(granted);
        } else {
            limiter.complete(granted, CallEnd.ANSWERED);
        }
    }

    private void disturb(Proxy wire, int what) throws InterruptedException {
        int millis = 100 + random.nextInt(LONGEST_FAULT_MILLIS - 100);
        switch (what) {
            case 0 -> wire.delay(Duration.ofMillis(1 + random.nextInt(100)));
            case 1 -> wire.fault(Fault.STALL);
            case 2 -> wire.fault(Fault.LOSE_ANSWERS);
            case 3 -> wire.fault(Fault.LOSE_REQUESTS);
            default -> wire.cut(random.nextBoolean() ? Cut.RST : Cut.FIN);
        }
        pause(millis);
        wire.delay(Duration.ZERO);
        if (what == 2 || what == 3) {
            // No wire loses what is in the middle: answers would be taken for those of requests before theirs.
            wire.cut(Cut.RST);
        }
        wire.fault(Fault.NONE);
        pause(CALM_MILLIS);
    }

    @Test
    void neverAreMoreCallsInFlightAndAllPlacesComeBack() throws Exception {
        int port = URI.create(REDIS.server().uri()).getPort();
        List<Future<Void>> running = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            Proxy wire = Proxy.to(port);
            wires.add(wire);
            ReverseRateLimiter limiter = limiter(wire.port());
            for (int j = 0; j < THREADS; j++) {
                Random own = new Random(random.nextLong());
                running.add(threads.submit((Callable<Void>) () -> call(limiter, own)));
            }
        }
        long end = System.nanoTime() + LASTS.toNanos();
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            disturb(wires.get(random.nextInt(INSTANCES)), i % 5);
        }
        enough.countDown();
        for (Future<Void> each : running) {
            each.get();
        }

        System.out.println("calls in flight under faults, seed " + SEED + ": " + calls + " calls, " + undecided
                + " asked in vain, at most " + most + " of " + AT_MOST + " at once");
        assertThat(most).hasValue(AT_MOST);
        assertThat(calls.get()).isGreaterThan(50);
        allPlacesComeBack(limiter(port));
    }

    private void allPlacesComeBack(ReverseRateLimiter witness) {
        List<Granted> held = new ArrayList<>();
        await().atMost(LEASE.multipliedBy(3)).until(() -> {
            if (witness.acquire(request) instanceof Granted granted) {
                held.add(granted);
            }
            return held.size() == AT_MOST;
        });
        assertThat(witness.acquire(request)).isInstanceOf(Denied.class);
        held.forEach(each -> witness.complete(each, CallEnd.ANSWERED));

        await().atMost(LEASE.multipliedBy(3))
                .until(() -> REDIS.commands()
                        .keys("*".getBytes(StandardCharsets.UTF_8))
                        .isEmpty());
    }
}
