package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The port on plain Lettuce: the shortest way there is. */
public final class LettuceScriptExecutor implements RedisScriptExecutor {

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;

    /** On this connection, which the caller closes; subscriptions have others of the same client. */
    public LettuceScriptExecutor(RedisClient client, StatefulRedisConnection<byte[], byte[]> connection) {
        this.client = client;
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
    public void subscribe(String channel, Consumer<byte[]> listener) {
        StatefulRedisPubSubConnection<byte[], byte[]> own = client.connectPubSub(ByteArrayCodec.INSTANCE);
        own.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                listener.accept(message);
            }
        });
        own.sync().subscribe(channel.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}
}
