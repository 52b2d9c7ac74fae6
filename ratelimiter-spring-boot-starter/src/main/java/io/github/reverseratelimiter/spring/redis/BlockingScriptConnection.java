package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;

/** Jedis and other clients that block: on a few threads of ours, each with a connection of the application's pool. */
final class BlockingScriptConnection implements ScriptConnection {

    private static final int THREADS = 8;
    private static final int QUEUE = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final RedisTemplate<byte[], byte[]> template = new RedisTemplate<>();
    private final ThreadPoolExecutor threads = DaemonThreads.executor(THREADS, IDLE, new ArrayBlockingQueue<>(QUEUE));

    BlockingScriptConnection(RedisConnectionFactory factory) {
        template.setConnectionFactory(factory);
        template.setEnableDefaultSerializer(false);
        template.setExposeConnection(true);
        template.afterPropertiesSet();
    }

    @Override
    public CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        byte[][] all = Stream.of(keys, arguments).flatMap(Stream::of).toArray(byte[][]::new);
        return CompletableFuture.supplyAsync(() -> waitFor(script, keys.length, all), threads);
    }

    private byte[] waitFor(RedisScript script, int keys, byte[][] keysAndArguments) {
        RedisCallback<byte[]> call = connection -> evalSha(connection, script, keys, keysAndArguments);
        byte @Nullable [] answer = template.execute(call);
        if (answer == null) {
            throw new RedisSystemException("the script answered nothing", null);
        }
        return answer;
    }

    private static byte @Nullable [] evalSha(
            RedisConnection connection, RedisScript script, int keys, byte[][] keysAndArguments) {
        try {
            return connection.scriptingCommands().evalSha(script.sha1Bytes(), ReturnType.VALUE, keys, keysAndArguments);
        } catch (RuntimeException e) {
            if (RedisFailures.isNoScript(e)) {
                return connection
                        .scriptingCommands()
                        .eval(script.bodyBytes(), ReturnType.VALUE, keys, keysAndArguments);
            }
            throw e;
        }
    }

    @Override
    public void ping() {
        threads.execute(() -> {
            RedisCallback<String> ping = RedisConnection::ping;
            template.execute(ping);
        });
    }

    /** The pool looks after its connections itself. */
    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
