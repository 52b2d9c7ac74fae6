package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;

/** Lettuce: asynchronous by nature, on a connection that all callers share with the application. */
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
    public CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        RedisCallback<CompletionStage<byte[]>> call =
                connection -> LettuceScripts.run(commands(connection), script, keys, arguments);
        CompletionStage<byte[]> answer = template.execute(call);
        return answer != null
                ? answer
                : CompletableFuture.failedFuture(new CreditStoreException("Redis was not asked"));
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
    public CompletionStage<String> memory() {
        return commands(held).info("memory");
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
