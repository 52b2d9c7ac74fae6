package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The port on plain Lettuce, for the tests and benchmarks of the core. */
public final class LettuceScriptExecutor implements RedisScriptExecutor {

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;

    LettuceScriptExecutor(RedisClient client, StatefulRedisConnection<byte[], byte[]> connection) {
        this.client = client;
        this.connection = connection;
    }

    /** On a new connection of a new client. */
    static LettuceScriptExecutor to(String uri) {
        RedisClient client = RedisClient.create(uri);
        return new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
    }

    /** Commands on the same connection, for what a test wants to look at. */
    public RedisCommands<byte[], byte[]> commands() {
        return connection.sync();
    }

    /** Gives the user "app" these rights. */
    void allow(String... rules) {
        CommandArgs<byte[], byte[]> arguments =
                new CommandArgs<>(ByteArrayCodec.INSTANCE).add("SETUSER").add("app");
        for (String rule : rules) {
            arguments.add(rule);
        }
        commands().dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), arguments);
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        RedisAsyncCommands<byte[], byte[]> async = connection.async();
        return async.<byte[]>evalsha(script.sha1(), ScriptOutputType.VALUE, keys, arguments)
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? async.eval(script.bodyBytes(), ScriptOutputType.VALUE, keys, arguments)
                        : CompletableFuture.failedStage(failure))
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(translate(failure)));
    }

    /** Runs another script than ours, which the server knows already by this SHA-1. */
    public CompletionStage<byte[]> execute(String sha1, byte[][] keys, byte[][] arguments) {
        return connection
                .async()
                .<byte[]>evalsha(sha1, ScriptOutputType.VALUE, keys, arguments)
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(translate(failure)));
    }

    /** Waits until Redis has heard of it. */
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

    private static CreditStoreException translate(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = String.valueOf(cause.getMessage());
        if (message.startsWith("RRLFORMAT")) {
            return new CreditStoreException(CreditStoreException.Reason.FORMAT, message, cause);
        }
        if (message.startsWith("WRONGTYPE") || message.startsWith("RRLFOREIGN")) {
            return new CreditStoreMisconfiguredException(CreditStoreException.Reason.FOREIGN_KEY, message, cause);
        }
        return message.startsWith("CROSSSLOT")
                ? new CreditStoreMisconfiguredException(message, cause)
                : new CreditStoreException(message, cause);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }
}
