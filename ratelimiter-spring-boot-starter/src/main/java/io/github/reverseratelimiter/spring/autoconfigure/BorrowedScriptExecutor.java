package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An executor that is closed by others. The context closes its beans itself: the store first, then the executor, once.
 *
 * @param bean runs the scripts
 */
record BorrowedScriptExecutor(RedisScriptExecutor bean) implements RedisScriptExecutor {

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        return bean.execute(script, keys, arguments);
    }

    @Override
    public void subscribe(String channel, Consumer<byte[]> listener) {
        bean.subscribe(channel, listener);
    }

    @Override
    public Placement placement() {
        return bean.placement();
    }

    @Override
    public void close() {
        // the context does
    }
}
