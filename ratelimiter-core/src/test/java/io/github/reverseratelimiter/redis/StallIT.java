package io.github.reverseratelimiter.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * FAULTS row 55: three instances with {@code on-store-failure: local} and a real Redis that stands still once, for a
 * little longer than its time: that is no outage. What all are granted within the window is counted.
 */
@Timeout(60)
class StallIT {

    private static final int INSTANCES = 3;
    private static final int SHARE = 3;
    private static final RateLimit LIMIT = RateLimit.of(INSTANCES * SHARE, Duration.ofHours(1));
    /** On a busy machine a credit may wait for its thread; it is not what is shown here that it was late. */
    private static final CreditRequest CALL = CreditRequest.of("acme", LIMIT).margin(Duration.ofSeconds(5));
    /** More than a busy machine makes a trip last. */
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(1);

    private static final CreditStore.Call TRIAL = new CreditStore.Call(
            new CreditKey("", "trial"),
            List.of(LIMIT),
            Duration.ZERO,
            List.of(new CreditStore.Request(1, 0, CreditStore.Request.newId())),
            Duration.ofSeconds(30));

    /** One with a wire to Redis of its own, and the answers of its calls. */
    private static final class Instance implements AutoCloseable {

        private final Proxy wire;
        private final LettuceScriptExecutor executor;
        private final ReverseRateLimiter limiter;
        private final List<Granted> granted = new ArrayList<>();
        private int others;

        Instance(int port) {
            wire = Proxy.to(port);
            executor = LettuceScriptExecutor.to(RedisServer.uri(wire.port()));
            // The first trips load classes and the script, for which a second may be too short.
            RedisCreditStore store = new RedisCreditStore(executor, "rrl:");
            var unused = store.take(TRIAL).toCompletableFuture().join();
            limiter = ReverseRateLimiter.builder(store)
                    .storeTimeout(STORE_TIMEOUT)
                    .onStoreFailure(OnStoreFailure.LOCAL)
                    .localShare(new InMemoryCreditStore(), INSTANCES)
                    .build();
        }

        void ask(int calls) {
            for (int i = 0; i < calls; i++) {
                note(limiter.acquire(CALL));
            }
        }

        /** At once, and returns when all have their answer. */
        void askTogether(int calls) {
            Stream.generate(() -> limiter.acquireAsync(CALL))
                    .limit(calls)
                    .toList()
                    .forEach(each -> note(each.join()));
        }

        private void note(Acquisition answer) {
            if (answer instanceof Granted grant) {
                granted.add(grant);
            }
        }

        void untilRedisDecides() {
            await().atMost(30, SECONDS)
                    .until(() -> limiter.acquire(CreditRequest.of("other" + others++, LIMIT)) instanceof Granted grant
                            && grant.basis() instanceof Basis.Store);
        }

        long alone() {
            return granted.stream()
                    .filter(grant -> grant.basis() instanceof Basis.Local)
                    .count();
        }

        @Override
        public void close() {
            limiter.close();
            executor.close();
            wire.close();
        }
    }

    private FragileRedis redis;
    private final List<Instance> instances = new ArrayList<>();

    @BeforeEach
    void start() {
        redis = FragileRedis.start();
        for (int i = 0; i < INSTANCES; i++) {
            instances.add(new Instance(redis.port()));
        }
        instances.forEach(Instance::untilRedisDecides);
    }

    @AfterEach
    void stop() {
        instances.forEach(Instance::close);
        redis.close();
    }

    private int granted() {
        return instances.stream().mapToInt(each -> each.granted.size()).sum();
    }

    @Test
    void aRedisThatStandsStillOnceGrantsNoSecondWindow() {
        redis.freeze();
        instances.forEach(each -> each.askTogether(5));
        redis.thaw();
        assertThat(granted()).as("by the shares").isEqualTo(LIMIT.limit());
        instances.forEach(Instance::untilRedisDecides);

        instances.forEach(each -> each.ask(20));

        assertThat(granted()).isEqualTo(LIMIT.limit());
    }

    @Test
    void anInstanceWhoseWireStallsOnceHasItsShareAndNoMore() {
        Instance stalled = instances.get(0);
        stalled.wire.fault(Proxy.Fault.STALL);
        stalled.askTogether(5);
        stalled.wire.fault(Proxy.Fault.NONE);
        instances.forEach(Instance::untilRedisDecides);

        stalled.ask(20);
        assertThat(stalled.granted).hasSize(SHARE);
        assertThat(stalled.alone()).isEqualTo(SHARE);
        instances.forEach(each -> each.ask(20));

        assertThat(stalled.granted).hasSize(SHARE);
        long alone = instances.stream().filter(each -> each.alone() > 0).count();
        assertThat(granted()).isBetween(LIMIT.limit(), (int) (LIMIT.limit() + SHARE * alone));
    }
}
