package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Credits counted in Redis, for all instances that use the same Redis and key prefix. One clock decides: the server's.
 *
 * <p>All windows of a key live in one string, whose format carries a version; a decision is one EVALSHA of
 * {@code credits.lua} beside this class, where the algorithm is told.
 */
public final class RedisCreditStore implements CreditStore {

    /** Prefix of all names in Redis unless another is given. */
    public static final String DEFAULT_KEY_PREFIX = "rrl:";

    private static final RedisScript SCRIPT = RedisScript.load("credits.lua");
    private static final long SERVER_TIME = 0;
    private static final long FOREVER_NANOS = Duration.ofDays(1).toNanos();

    private final RedisScriptExecutor executor;
    private final RedisKeys keys;
    private final TimeSource time;
    private final RemoteClock clock;
    private final LongSupplier scriptTime;

    /**
     * A store on this connection to Redis, which is closed with the store.
     *
     * @throws IllegalArgumentException if the prefix is null or empty
     */
    public RedisCreditStore(RedisScriptExecutor executor, String keyPrefix) {
        this(executor, keyPrefix, TimeSource.system(), () -> SERVER_TIME);
    }

    /** As tests need it: with a local clock, and with a time in microseconds that is handed to the script. */
    RedisCreditStore(RedisScriptExecutor executor, String keyPrefix, TimeSource time, LongSupplier scriptTime) {
        this.executor = Objects.requireNonNull(executor, "executor");
        if (keyPrefix == null || keyPrefix.isEmpty()) {
            throw new IllegalArgumentException(
                    "key-prefix must not be null or empty: it keeps our keys apart from yours; give \"rrl:\", for example");
        }
        this.keys = new RedisKeys(keyPrefix);
        this.time = time;
        this.clock = new RemoteClock(time);
        this.scriptTime = scriptTime;
    }

    /** The script, for those who preload it. */
    public static RedisScript script() {
        return SCRIPT;
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        long end = time.nanoTime() + call.timeout().toNanos();
        byte[] name = keys.name(call.key());
        byte[] wish = Wish.take(call, scriptTime.getAsLong());
        return send(name, wish, end).thenCompose(first -> {
            if (!first.late()) {
                return CompletableFuture.completedFuture(first.reply());
            }
            // The server's clock is not where we believed: once more, by what it has just told us.
            return send(name, wish.clone(), end).thenApply(second -> {
                if (second.late()) {
                    throw new CreditStoreException("Redis got to a request of limiter '"
                            + call.key().limiter() + "' later than " + call.timeout()
                            + ": nothing was charged; is Redis slow, or store-timeout too short?");
                }
                return second.reply();
            });
        });
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return send(keys.name(key), Wish.refund(credits, at, scriptTime.getAsLong()), time.nanoTime() + FOREVER_NANOS)
                .thenApply(answer -> (int) answer.first());
    }

    @Override
    public CompletionStage<Long> pause(CreditKey key, Duration duration) {
        return send(keys.name(key), Wish.pause(duration, scriptTime.getAsLong()), time.nanoTime() + FOREVER_NANOS)
                .thenApply(Answer::held);
    }

    @Override
    public void close() {
        executor.close();
    }

    private CompletionStage<Answer> send(byte[] name, byte[] wish, long end) {
        long sent = time.nanoTime();
        Wish.deadline(wish, clock.micros(end - sent));
        return executor.execute(SCRIPT, name, wish).thenApply(reply -> {
            Answer answer = new Answer(reply);
            clock.learn(sent, answer.time());
            return answer;
        });
    }
}
