package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/**
 * A small pool of the limiter's own, which is given up as a whole when one of its connections is lost or hangs: the
 * others are no better, and each of them would cost another call to find out. That a connection was cut while it was not used shows
 * only when it is used: then the call is none that Redis has seen.
 */
final class OwnJedisConnection implements ScriptConnection {

    /** Not used for longer than that, its connections may have been cut, and nobody noticed. */
    static final Duration REST = Duration.ofSeconds(1);

    private final JedisConnectionFactory factory;
    private final BlockingScriptConnection calls;
    private final BooleanSupplier outdated;
    private final AtomicBoolean lost = new AtomicBoolean();
    private final TimeSource time = TimeSource.system();
    private volatile long lastNanos = time.nanoTime();
    private volatile @Nullable Runnable listener;

    /**
     * On this factory, which it closes.
     *
     * @param outdated whether the application has another address by now
     */
    OwnJedisConnection(JedisConnectionFactory factory, BlockingScriptConnection calls, BooleanSupplier outdated) {
        this.factory = factory;
        this.calls = calls;
        this.outdated = outdated;
    }

    @Override
    public CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        boolean rested = time.nanoTime() - lastNanos > REST.toNanos();
        return calls.run(script, keys, arguments)
                .whenComplete((answer, failure) -> answered(failure))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        rested && isCut(failure) ? new CutAtRestException(failure) : failure));
    }

    private static boolean isCut(Throwable failure) {
        return RedisFailures.isConnection(failure) && !RedisFailures.isTimeout(failure);
    }

    private void answered(@Nullable Throwable failure) {
        lastNanos = failure == null ? time.nanoTime() : lastNanos;
        boolean first = failure != null && RedisFailures.isConnection(failure) && lost.compareAndSet(false, true);
        Runnable hears = listener;
        if (first && hears != null) {
            hears.run();
        }
    }

    @Override
    public CompletionStage<String> memory() {
        return calls.memory();
    }

    @Override
    public boolean isOpen() {
        return !lost.get() && !outdated.getAsBoolean();
    }

    @Override
    public void whenLost(Runnable hears) {
        listener = hears;
    }

    @Override
    public void close() {
        calls.close();
        factory.destroy();
    }
}
