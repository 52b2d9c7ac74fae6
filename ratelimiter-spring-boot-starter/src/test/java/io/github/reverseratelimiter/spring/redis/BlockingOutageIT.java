package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A client that blocks, while Redis hangs: its few threads wait, and nothing piles up behind them. */
class BlockingOutageIT {

    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final int THREADS = 8;

    @Test
    void throwsOutWhatNobodyWaitsForAnyMore() {
        try (FragileRedis redis = FragileRedis.start()) {
            LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", redis.port());
            factory.start();
            try (SpringDataRedisScriptExecutor executor =
                    new SpringDataRedisScriptExecutor(BlockingFactory.of(factory), STORE_TIMEOUT)) {
                await().until(() -> !call(executor)
                        .handle((answer, failure) -> failure)
                        .join()
                        .getMessage()
                        .contains("no connection"));
                redis.freeze();
                List<CompletableFuture<byte[]>> calls =
                        IntStream.range(0, 100).mapToObj(i -> call(executor)).toList();

                await().until(() -> isRefused(call(executor)));

                assertThat(calls.stream().filter(call -> !call.isDone())).hasSizeLessThanOrEqualTo(THREADS);
                redis.thaw();
                await().until(() -> calls.stream().allMatch(CompletableFuture::isDone));
            } finally {
                factory.destroy();
            }
        }
    }

    /** With too few arguments the script answers an error, which is an answer. */
    private static CompletableFuture<byte[]> call(SpringDataRedisScriptExecutor executor) {
        return executor.execute(RedisCreditStore.script(), new byte[][] {{'k'}}, new byte[][] {{}})
                .toCompletableFuture();
    }

    private static boolean isRefused(CompletableFuture<byte[]> call) {
        return call.isCompletedExceptionally()
                && call.handle((answer, failure) -> failure)
                        .join()
                        .toString()
                        .contains("all 8 connections wait for it");
    }

    @Test
    void keepsToItselfThatItCouldNotPing() {
        AtomicReference<@Nullable Throwable> uncaught = new AtomicReference<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.set(failure));
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", 1);
        factory.setShareNativeConnection(false);
        factory.start();
        try (SpringDataRedisScriptExecutor executor =
                new SpringDataRedisScriptExecutor(BlockingFactory.of(factory), Duration.ofSeconds(10))) {
            executor.warmUp();

            assertThat(call(executor))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(CreditStoreException.class);
        } finally {
            factory.destroy();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught.get()).isNull();
    }
}
