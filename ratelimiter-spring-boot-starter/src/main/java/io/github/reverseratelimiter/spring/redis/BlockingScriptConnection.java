package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
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
    public CompletionStage<byte[]> run(RedisScript script, byte[] key, byte[] argument) {
        return CompletableFuture.supplyAsync(() -> waitFor(script, key, argument), threads);
    }

    private byte[] waitFor(RedisScript script, byte[] key, byte[] argument) {
        RedisCallback<byte[]> call = connection -> evalSha(connection, script, key, argument);
        byte @Nullable [] answer = template.execute(call);
        if (answer == null) {
            throw new RedisSystemException("the script answered nothing", null);
        }
        return answer;
    }

    private static byte @Nullable [] evalSha(
            RedisConnection connection, RedisScript script, byte[] key, byte[] argument) {
        try {
            return connection.scriptingCommands().evalSha(script.sha1Bytes(), ReturnType.VALUE, 1, key, argument);
        } catch (RuntimeException e) {
            if (RedisFailures.isNoScript(e)) {
                return connection.scriptingCommands().eval(script.bodyBytes(), ReturnType.VALUE, 1, key, argument);
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
