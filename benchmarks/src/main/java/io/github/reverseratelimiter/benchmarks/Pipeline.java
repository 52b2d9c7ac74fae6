package io.github.reverseratelimiter.benchmarks;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A connection on which scripts are sent many at a time: it is the server that is measured, not the way to it. */
final class Pipeline implements AutoCloseable {

    private final StatefulRedisConnection<byte[], byte[]> connection;

    Pipeline(Redis redis) {
        connection = redis.connect();
        connection.setAutoFlushCommands(false);
    }

    <T> CompletableFuture<T> send(String sha, ScriptOutputType type, byte[][] keys, byte[]... arguments) {
        return connection.async().<T>evalsha(sha, type, keys, arguments).toCompletableFuture();
    }

    void flush() {
        connection.flushCommands();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }
}
