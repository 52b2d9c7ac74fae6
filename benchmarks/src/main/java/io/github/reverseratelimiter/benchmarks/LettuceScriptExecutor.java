package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The port on plain Lettuce: the shortest way there is. */
public final class LettuceScriptExecutor implements RedisScriptExecutor {

    private final StatefulRedisConnection<byte[], byte[]> connection;

    /** On this connection, which the caller closes. */
    public LettuceScriptExecutor(StatefulRedisConnection<byte[], byte[]> connection) {
        this.connection = connection;
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        return commands.<byte[]>evalsha(script.sha1(), ScriptOutputType.VALUE, keys, arguments)
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? commands.eval(script.bodyBytes(), ScriptOutputType.VALUE, keys, arguments)
                        : CompletableFuture.failedStage(
                                new CreditStoreException("Redis did not decide: " + failure.getMessage(), failure)));
    }

    @Override
    public void close() {}
}
