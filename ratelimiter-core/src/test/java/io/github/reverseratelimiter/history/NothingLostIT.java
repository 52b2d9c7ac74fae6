package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * FAULTS row 35: callers of several keys are interrupted, cancel, lose patience and give back, on connections that are late or fail.
 * What Redis has counted in the end is what they hold; and of each request listeners heard once.
 */
class NothingLostIT {

    private static final int CALLERS = 6;
    private static final int CALLS = 300;
    /** Interrupted, cancelled or given up, all callers together. */
    private static final int BROKEN_OFF = 1_000;

    private static final Duration STORE_TIMEOUT = Duration.ofMillis(60);
    private static final int MOST = 4_000;
    /** So long that nothing leaves it during the test: what is counted adds up. */
    private static final RateLimit ALL = RateLimit.of(MOST, Duration.ofHours(1));
    /** So small that callers have to wait. */
    private static final RateLimit FEW = RateLimit.of(9, Duration.ofMillis(20));

    private final List<CreditKey> keys = IntStream.range(0, 3)
            .mapToObj(i -> new CreditKey(i == 0 ? "account" : "global", "lost " + System.nanoTime() + i))
            .toList();
    private final Map<CreditKey, AtomicInteger> held = new ConcurrentHashMap<>();
    private final AtomicInteger brokenOff = new AtomicInteger();
    private final Queue<List<CreditRequest>> asked = new ConcurrentLinkedQueue<>();
    private final Map<CreditRequest, List<String>> heard = Collections.synchronizedMap(new IdentityHashMap<>());

    private final RateLimiterListener listener = new RateLimiterListener() {
        @Override
        public void granted(CreditRequest request, Granted granted) {
            hear(request, "granted");
        }

        @Override
        public void denied(CreditRequest request, Denied denied) {
            hear(request, "denied");
        }

        @Override
        public void abandoned(CreditRequest request, Throwable failure) {
            hear(request, "abandoned");
        }
    };

    private void hear(CreditRequest request, String what) {
        heard.computeIfAbsent(request, any -> Collections.synchronizedList(new ArrayList<>()))
                .add(what);
    }

    private ReverseRateLimiter limiter() {
        Mischief connection = new Mischief(RedisServer.shared().executor(), STORE_TIMEOUT.multipliedBy(2));
        return ReverseRateLimiter.builder(new RedisCreditStore(connection, "rrl:"))
                .storeTimeout(STORE_TIMEOUT)
                .maxWaiters(2)
                .listener(listener)
                .build();
    }

    @Test
    void whateverBecomesOfTheirCallers(TestReporter reporter) throws InterruptedException {
        long seed = Long.getLong("nothing-lost.seed", System.nanoTime());
        reporter.publishEntry("nothing-lost.seed", Long.toString(seed));
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (ReverseRateLimiter one = limiter();
                ReverseRateLimiter other = limiter()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                ReverseRateLimiter limiter = i % 2 == 0 ? one : other;
                Random random = new Random(seed + i);
                Thread thread = new Thread(() -> calls(limiter, random));
                thread.setUncaughtExceptionHandler((any, failure) -> failures.add(failure));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(failures).isEmpty();
            assertThat(brokenOff)
                    .as("interrupted, cancelled or impatient; seed %s", seed)
                    .hasValueGreaterThan(1_000);
            await().untilAsserted(() -> assertThat(keys).allSatisfy(this::isCountedAsHeld));
        }
        await().untilAsserted(() -> assertThat(asked).allSatisfy(this::isHeardOfOnce));
    }

    private void calls(ReverseRateLimiter limiter, Random random) {
        for (int i = 0; i < CALLS || brokenOff.get() <= BROKEN_OFF; i++) {
            List<CreditRequest> requests = requests(random);
            asked.add(requests);
            answer(limiter, requests, random)
                    .ifPresentOrElse(answer -> keepOrGiveBack(limiter, answer, random), brokenOff::incrementAndGet);
        }
    }

    private List<CreditRequest> requests(Random random) {
        List<CreditKey> some = new ArrayList<>(keys);
        Collections.shuffle(some, random);
        Waiting waiting = switch (random.nextInt(3)) {
            case 0 -> Waiting.none();
            case 1 -> Waiting.upTo(Duration.ofMillis(random.nextLong(1, 60)));
            default -> Waiting.retries(2);
        };
        return some.subList(0, random.nextInt(1, keys.size() + 1)).stream()
                .map(key -> new CreditRequest(
                        key,
                        key.equals(keys.get(2)) ? List.of(ALL, FEW) : List.of(ALL),
                        Duration.ofMillis(random.nextLong(10)),
                        random.nextInt(1, 4),
                        waiting))
                .toList();
    }

    private static Optional<Acquisition> answer(
            ReverseRateLimiter limiter, List<CreditRequest> requests, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Optional.of(limiter.acquireAll(requests));
            case 1 -> interrupted(limiter, requests, random);
            case 2 -> {
                CompletableFuture<Acquisition> future = limiter.acquireAllAsync(requests);
                yield future.cancel(false) ? Optional.empty() : Optional.of(future.join());
            }
            default -> impatient(limiter.acquireAllAsync(requests), random);
        };
    }

    private static Optional<Acquisition> interrupted(
            ReverseRateLimiter limiter, List<CreditRequest> requests, Random random) {
        Thread self = Thread.currentThread();
        CompletableFuture<Void> interruption = CompletableFuture.runAsync(
                self::interrupt, CompletableFuture.delayedExecutor(random.nextLong(20_000), TimeUnit.MICROSECONDS));
        try {
            return Optional.of(limiter.acquireAll(requests));
        } catch (AcquireInterruptedException e) {
            return Optional.empty();
        } finally {
            interruption.join();
            Thread.interrupted();
        }
    }

    private static Optional<Acquisition> impatient(CompletableFuture<Acquisition> future, Random random) {
        try {
            return Optional.of(future.orTimeout(random.nextLong(1, 20), TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TimeoutException.class);
            return Optional.empty();
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }

    /** Some of those who give back do so twice at once. */
    private void keepOrGiveBack(ReverseRateLimiter limiter, Acquisition answer, Random random) {
        if (!(answer instanceof Granted granted) || !(granted.basis() instanceof Acquisition.Basis.Store basis)) {
            return;
        }
        if (random.nextBoolean()) {
            CompletableFuture<Void> another = CompletableFuture.runAsync(() -> limiter.refund(granted));
            var unused = limiter.refund(granted);
            another.join();
        } else {
            basis.credits()
                    .forEach(credit -> held.computeIfAbsent(credit.key(), any -> new AtomicInteger())
                            .addAndGet(credit.credits()));
        }
    }

    private void isCountedAsHeld(CreditKey key) {
        CreditRequest tooMany = new CreditRequest(key, List.of(ALL), Duration.ZERO, MOST, Waiting.none());
        try (ReverseRateLimiter undisturbed = ReverseRateLimiter.builder(
                        new RedisCreditStore(RedisServer.shared().executor(), "rrl:"))
                .build()) {
            assertThat(MOST - undisturbed.acquire(tooMany).remaining())
                    .as("counted")
                    .isEqualTo(held.get(key).get());
        }
    }

    private void isHeardOfOnce(List<CreditRequest> requests) {
        List<String> all = requests.stream()
                .flatMap(request -> heard.getOrDefault(request, List.of()).stream())
                .toList();
        assertThat(all.stream().distinct()).hasSize(1);
        assertThat(all).hasSize(all.contains("denied") ? 1 : requests.size());
    }
}
