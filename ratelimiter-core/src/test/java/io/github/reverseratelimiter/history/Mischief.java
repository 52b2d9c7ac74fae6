package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A connection on which some commands go out late, some replies come late, and some takes fail before they are sent. */
final class Mischief implements RedisScriptExecutor {

    private final RedisScriptExecutor real;
    private final long longestMillis;

    Mischief(RedisScriptExecutor real, Duration longestDelay) {
        this.real = real;
        this.longestMillis = longestDelay.toMillis();
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        byte[][] sent = Arrays.stream(arguments).map(byte[]::clone).toArray(byte[][]::new);
        return switch (ThreadLocalRandom.current().nextInt(20)) {
            case 0, 1 ->
                CompletableFuture.supplyAsync(() -> real.execute(script, keys, sent), later())
                        .thenCompose(reply -> reply);
            case 2, 3 ->
                real.execute(script, keys, sent)
                        .thenCompose(reply -> CompletableFuture.supplyAsync(() -> reply, later()));
            case 4 ->
                isRefund(arguments[0])
                        ? real.execute(script, keys, sent)
                        : CompletableFuture.failedFuture(new CreditStoreException("mischief"));
            default -> real.execute(script, keys, sent);
        };
    }

    /** A refund names no windows. */
    private static boolean isRefund(byte[] argument) {
        return argument[24] == 0;
    }

    private Executor later() {
        long millis = ThreadLocalRandom.current().nextLong(longestMillis);
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void subscribe(String channel, Consumer<byte[]> listener) {
        real.subscribe(channel, listener);
    }

    @Override
    public void close() {
        real.close();
    }
}
