package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How much a call allocates in the caller's thread. Each bound is what an interpreted call needs, and a little: the compilers leave out
 * a third of it, when they get to it.
 */
class AllocationTest {

    private static final int CALLS = 5_000;
    private static final int ROUNDS = 5;
    private static final RateLimit PLENTY = RateLimit.of(1_000_000, Duration.ofMinutes(1));
    private static final RateLimit ONE_A_DAY = RateLimit.of(1, Duration.ofDays(1));

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ReverseRateLimiter inMemory = ReverseRateLimiter.create(new InMemoryCreditStore());

    /** Answers whatever it is asked that one credit was granted, at once. */
    private static final class Granting implements RedisScriptExecutor {

        private final byte[] reply;

        private Granting() {
            ByteBuffer bytes = ByteBuffer.allocate(8 * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putDouble(1_000_000).putDouble(1_000_000).putDouble(0).putDouble(0);
            bytes.putDouble(0).putDouble(1_000_000).putDouble(5).putDouble(1_000_000);
            this.reply = bytes.array();
        }

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            return CompletableFuture.completedFuture(reply);
        }

        @Override
        public void close() {}
    }

    @AfterEach
    void close() {
        inMemory.close();
    }

    private long bytesPerCall(Supplier<Acquisition> call, Predicate<Acquisition> expected) {
        long self = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            int answers = 0;
            long before = threads.getThreadAllocatedBytes(self);
            for (int i = 0; i < CALLS; i++) {
                answers += expected.test(call.get()) ? 1 : 0;
            }
            least = Math.min(least, (threads.getThreadAllocatedBytes(self) - before) / CALLS);
            assertThat(answers).isEqualTo(CALLS);
        }
        return least;
    }

    private static boolean granted(Acquisition answer) {
        return answer instanceof Acquisition.Granted;
    }

    @Test
    void aGrantInMemoryTakesLessThanAKilobyte() {
        long bytes = bytesPerCall(() -> inMemory.tryAcquire("granted", PLENTY), AllocationTest::granted);

        assertThat(bytes).isLessThan(1_000);
    }

    @Test
    void aDenialInMemoryTakesLessThanThat() {
        inMemory.tryAcquire("denied", ONE_A_DAY);

        long bytes = bytesPerCall(
                () -> inMemory.tryAcquire("denied", ONE_A_DAY), answer -> answer instanceof Acquisition.Denied);

        assertThat(bytes).isLessThan(900);
    }

    @Test
    void aSecondWindowTakesNoMore() {
        CreditRequest request = CreditRequest.of("two", PLENTY, RateLimit.of(10_000_000, Duration.ofHours(1)));

        long bytes = bytesPerCall(() -> inMemory.acquire(request), AllocationTest::granted);

        assertThat(bytes).isLessThan(1_000);
    }

    @Test
    void aCallThatMightWaitTakesALittleMore() {
        CreditRequest request = CreditRequest.of("waits", PLENTY).maxWait(Duration.ofSeconds(1));

        long bytes = bytesPerCall(() -> inMemory.acquire(request), AllocationTest::granted);

        assertThat(bytes).isLessThan(1_300);
    }

    @Test
    void aCallWithoutAThreadTakesALittleMore() {
        CreditRequest request = CreditRequest.of("async", PLENTY);

        long bytes = bytesPerCall(() -> inMemory.acquireAsync(request).join(), AllocationTest::granted);

        assertThat(bytes).isLessThan(1_500);
    }

    @Test
    void aGrantByRedisTakesLittleMoreThanThatBesideItsDriver() {
        try (ReverseRateLimiter overRedis = ReverseRateLimiter.create(new RedisCreditStore(new Granting(), "rrl:"))) {
            long bytes = bytesPerCall(() -> overRedis.tryAcquire("granted", PLENTY), AllocationTest::granted);

            assertThat(bytes).isLessThan(1_650);
        }
    }
}
