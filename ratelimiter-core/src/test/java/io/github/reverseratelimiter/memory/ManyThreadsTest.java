package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that get into each other's way, on a clock that goes on whenever somebody looks at it. */
class ManyThreadsTest {

    private static final int THREADS = 32;
    private static final int CALLS = 5_000;
    private static final RateLimit THREE = RateLimit.of(3, Duration.ofMillis(100));

    private final AtomicLong nanos = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private Asking asking(Duration step) {
        return new Asking(new InMemoryCreditStore(() -> nanos.addAndGet(step.toNanos())));
    }

    private void run(Consumer<Random> call) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            running.add(CompletableFuture.runAsync(
                    () -> {
                        for (int j = 0; j < CALLS; j++) {
                            call.accept(random);
                        }
                    },
                    threads));
        }
        running.forEach(CompletableFuture::join);
    }

    private static void assertNeverOver(NavigableMap<Long, Integer> times) {
        for (long begin : times.keySet()) {
            assertThat(times.subMap(begin, begin + THREE.windowMicros()).values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isLessThanOrEqualTo(THREE.limit());
        }
    }

    @Test
    void takeOfOneKeyWhatItHasAndNoMore() {
        Asking asking = asking(Duration.ofNanos(100_000));
        CreditKey key = new CreditKey("memory", "key");
        NavigableMap<Long, Integer> times = new ConcurrentSkipListMap<>();

        run(random -> {
            Decision decision = asking.take(key, 1, THREE).decisions().get(0);
            if (decision instanceof Decision.Taken) {
                times.merge(decision.at(), 1, Integer::sum);
            }
        });

        assertNeverOver(times);
        long windows = (nanos.get() / 1_000) / THREE.windowMicros();
        assertThat(times.values().stream().mapToLong(Integer::longValue).sum())
                .isGreaterThan(windows * THREE.limit() * 9 / 10);
    }

    @Test
    void doNotMakeTheClockOfAKeyRunFaster() {
        Asking asking = asking(Duration.ofNanos(1_000));
        RateLimit plenty = RateLimit.of(1_000_000, Duration.ofSeconds(1));
        CreditKey key = new CreditKey("memory", "key");

        run(random -> asking.take(key, 1, plenty));

        long contended = asking.take(key, 1, plenty).now();
        assertThat(contended)
                .isLessThan(
                        asking.take(new CreditKey("memory", "new"), 1, plenty).now());
    }

    @Test
    void loseNothingOfAStateThatIsBeingForgotten() {
        // A state is kept for 1.1 s, and a key is used every 0.8 s: often just when it is being forgotten.
        Asking asking = asking(Duration.ofMillis(1));
        Map<CreditKey, NavigableMap<Long, Integer>> grants = new ConcurrentHashMap<>();

        run(random -> {
            CreditKey key = new CreditKey("memory", Integer.toString(random.nextInt(400)));
            Decision decision = asking.take(key, 1, THREE).decisions().get(0);
            if (decision instanceof Decision.Taken) {
                grants.computeIfAbsent(key, any -> new ConcurrentSkipListMap<>())
                        .merge(decision.at(), 1, Integer::sum);
            }
        });

        grants.values().forEach(ManyThreadsTest::assertNeverOver);
        assertThat(grants).hasSize(400);
    }
}
