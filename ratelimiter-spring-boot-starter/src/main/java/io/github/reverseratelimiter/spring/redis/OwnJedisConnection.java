package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/**
 * A small pool of the limiter's own, which is given up as a whole when one of its connections is lost or hangs: the
 * others are no better, and each of them would cost another call to find out.
 */
final class OwnJedisConnection implements ScriptConnection {

    private final JedisConnectionFactory factory;
    private final BlockingScriptConnection calls;
    private final BooleanSupplier outdated;
    private final AtomicBoolean lost = new AtomicBoolean();
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
        return calls.run(script, keys, arguments).whenComplete((answer, failure) -> answered(failure));
    }

    private void answered(@Nullable Throwable failure) {
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
