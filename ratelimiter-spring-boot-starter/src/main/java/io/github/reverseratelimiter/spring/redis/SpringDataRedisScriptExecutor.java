package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * Runs scripts over a {@link RedisConnectionFactory} of the application, changing none of its settings.
 *
 * <p>Connections are opened in a thread of its own, one attempt at a time that all callers share: opening may take as
 * long as the application's settings allow, while no caller waits for it here.
 */
public final class SpringDataRedisScriptExecutor implements RedisScriptExecutor {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final boolean LETTUCE = ClassUtils.isPresent(
            "io.lettuce.core.AbstractRedisAsyncCommands", SpringDataRedisScriptExecutor.class.getClassLoader());

    private static final boolean JEDIS = ClassUtils.isPresent(
            "redis.clients.jedis.JedisCluster", SpringDataRedisScriptExecutor.class.getClassLoader());

    private final RedisConnectionFactory factory;
    private final ExecutorService opening = DaemonThreads.executor(1, IDLE, new LinkedBlockingQueue<>());
    private final AtomicReference<@Nullable CompletableFuture<ScriptConnection>> current = new AtomicReference<>();

    /** On this factory; nothing is opened yet. */
    public SpringDataRedisScriptExecutor(RedisConnectionFactory factory) {
        this.factory = Objects.requireNonNull(factory, "factory");
    }

    /** Opens a connection in the background, so that the first call does not pay for it. Never fails, never waits. */
    public void warmUp() {
        var unused = connection().thenAccept(ScriptConnection::ping).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(System.Logger.Level.DEBUG, "Redis is not reachable yet", failure);
            }
        });
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        return connection()
                .thenCompose(connection -> run(connection, script, keys, arguments))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(RedisFailures.translate(failure)));
    }

    @Override
    public Placement placement() {
        boolean cluster = (LETTUCE && factory instanceof LettuceConnectionFactory lettuce && lettuce.isClusterAware())
                || (JEDIS && factory instanceof JedisConnectionFactory jedis && jedis.isRedisClusterAware());
        return cluster ? Placement.BY_SLOT : Placement.TOGETHER;
    }

    private static CompletionStage<byte[]> run(
            ScriptConnection connection, RedisScript script, byte[][] keys, byte[][] arguments) {
        if (!connection.isOpen()) {
            // Sent now, it would lie in the client's queue until Redis is back, long after its caller has gone.
            return CompletableFuture.failedFuture(new CreditStoreException(
                    "Redis did not decide (the connection is lost): is it up, and reachable?"));
        }
        return connection.run(script, keys, arguments);
    }

    private CompletableFuture<ScriptConnection> connection() {
        CompletableFuture<ScriptConnection> known = current.get();
        return known != null && isUsable(known) ? known : reopen(known);
    }

    /** Open, or still being opened. */
    private static boolean isUsable(CompletableFuture<ScriptConnection> connection) {
        return !connection.isDone()
                || (!connection.isCompletedExceptionally() && connection.join().isOpen());
    }

    private CompletableFuture<ScriptConnection> reopen(@Nullable CompletableFuture<ScriptConnection> seen) {
        CompletableFuture<ScriptConnection> next = new CompletableFuture<>();
        if (!current.compareAndSet(seen, next)) {
            return connection();
        }
        try {
            opening.execute(() -> open(next, seen));
        } catch (RejectedExecutionException e) {
            next.completeExceptionally(
                    new CreditStoreException("the connection to Redis is closed: the application is stopping", e));
        }
        return next;
    }

    private void open(CompletableFuture<ScriptConnection> next, @Nullable CompletableFuture<ScriptConnection> lost) {
        try {
            if (lost != null) {
                giveBack(lost);
            }
            next.complete(open());
        } catch (RuntimeException | LinkageError e) {
            next.completeExceptionally(e);
        }
    }

    private ScriptConnection open() {
        RedisConnection connection = factory.getConnection();
        try {
            ScriptConnection lettuce = LETTUCE ? LettuceScriptConnection.on(connection) : null;
            if (lettuce != null) {
                return lettuce;
            }
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        connection.close();
        return new BlockingScriptConnection(factory);
    }

    private static void giveBack(CompletableFuture<ScriptConnection> connection) {
        var unused = connection.whenComplete((opened, failure) -> {
            if (opened != null) {
                try {
                    opened.close();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.DEBUG, "A connection could not be given back", e);
                }
            }
        });
    }

    @Override
    public void close() {
        opening.shutdown();
        CompletableFuture<ScriptConnection> last = current.getAndSet(null);
        if (last != null) {
            giveBack(last);
        }
    }
}
