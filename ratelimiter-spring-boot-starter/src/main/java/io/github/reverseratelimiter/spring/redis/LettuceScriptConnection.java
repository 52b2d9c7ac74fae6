package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;

/** Lettuce: asynchronous by nature, on one connection that all callers share. */
final class LettuceScriptConnection implements ScriptConnection {

    private final RedisConnection held;
    private final StatefulConnection<?, ?> connection;
    private final RedisTemplate<byte[], byte[]> template = new RedisTemplate<>();

    private LettuceScriptConnection(RedisConnection held, StatefulConnection<?, ?> connection) {
        this.held = held;
        this.connection = connection;
        template.setConnectionFactory(new HeldConnectionFactory(held));
        template.setEnableDefaultSerializer(false);
        template.setExposeConnection(true);
        template.afterPropertiesSet();
    }

    /** On this connection, if it is Lettuce's; connects it then. */
    static @Nullable LettuceScriptConnection on(RedisConnection connection) {
        return connection.getNativeConnection() instanceof AbstractRedisAsyncCommands<?, ?> commands
                ? new LettuceScriptConnection(connection, commands.getConnection())
                : null;
    }

    @Override
    public CompletionStage<List<Long>> run(RedisScript script, byte[] key, byte[][] arguments) {
        RedisCallback<CompletionStage<List<Long>>> call =
                connection -> evalSha(commands(connection), script, key, arguments);
        CompletionStage<List<Long>> answer = template.execute(call);
        return answer != null
                ? answer
                : CompletableFuture.failedFuture(new CreditStoreException("Redis was not asked"));
    }

    private static CompletionStage<List<Long>> evalSha(
            RedisClusterAsyncCommands<byte[], byte[]> commands, RedisScript script, byte[] key, byte[][] arguments) {
        byte[][] keys = {key};
        CompletionStage<List<Long>> answer = commands.evalsha(script.sha1(), ScriptOutputType.MULTI, keys, arguments);
        return answer.exceptionallyCompose(failure -> RedisFailures.isNoScript(failure)
                ? commands.eval(script.bodyBytes(), ScriptOutputType.MULTI, keys, arguments)
                : CompletableFuture.failedFuture(failure));
    }

    /** Standalone and cluster connections both have these commands. */
    @SuppressWarnings("unchecked")
    private static RedisClusterAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
        return (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
    }

    @Override
    public void ping() {
        var unused = commands(held).ping();
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        held.close();
    }
}
