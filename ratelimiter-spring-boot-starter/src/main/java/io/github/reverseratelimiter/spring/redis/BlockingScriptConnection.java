package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Jedis and other clients that block: on a few threads of ours, each with a connection of a pool. While
 * Redis hangs, all of them wait; then calls that nobody waits for any more are thrown out of the queue unsent.
 */
final class BlockingScriptConnection implements ScriptConnection {

    /** And connections, as a pool of Jedis has by default. */
    static final int THREADS = 8;

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final int QUEUE = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final RedisTemplate<byte[], byte[]> template = new RedisTemplate<>();
    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUE);
    private final ThreadPoolExecutor threads = DaemonThreads.executor(THREADS, IDLE, queue);
    private final TimeSource time = TimeSource.system();
    private final long patienceNanos;

    BlockingScriptConnection(RedisConnectionFactory factory, Bounds bounds) {
        this.patienceNanos = bounds.call().toNanos();
        template.setConnectionFactory(factory);
        template.setEnableDefaultSerializer(false);
        template.setExposeConnection(true);
        template.afterPropertiesSet();
    }

    @Override
    public CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        byte[][] all = Stream.of(keys, arguments).flatMap(Stream::of).toArray(byte[][]::new);
        if (dropLate()) {
            return CompletableFuture.failedFuture(late());
        }
        Queued call = new Queued(() -> waitFor(script, keys.length, all), time.nanoTime());
        threads.execute(call);
        return call.answer;
    }

    /** Drops what nobody waits for any more; if there is any, no thread has been free for that long. */
    private boolean dropLate() {
        boolean dropped = false;
        while (queue.peek() instanceof Queued oldest && oldest.isLate()) {
            if (queue.remove(oldest)) {
                oldest.drop();
            }
            dropped = true;
        }
        return dropped;
    }

    private static CreditStoreException late() {
        return new CreditStoreException(
                CreditStoreException.Reason.TIMEOUT,
                "Redis did not decide (all " + THREADS + " connections wait for it): is it up, and reachable?");
    }

    private final class Queued implements Runnable {

        private final Supplier<byte[]> call;
        private final long since;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

        Queued(Supplier<byte[]> call, long since) {
            this.call = call;
            this.since = since;
        }

        boolean isLate() {
            return time.nanoTime() - since > patienceNanos;
        }

        void drop() {
            answer.completeExceptionally(late());
        }

        @Override
        public void run() {
            if (isLate()) {
                drop();
                return;
            }
            try {
                answer.complete(call.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        }
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
        try {
            threads.execute(this::waitForPing);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "Redis was not pinged: all threads are at work, or ended", e);
        }
    }

    private void waitForPing() {
        try {
            RedisCallback<String> ping = RedisConnection::ping;
            template.execute(ping);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Redis is not reachable yet", e);
        }
    }

    @Override
    public CompletionStage<String> memory() {
        RedisCallback<Properties> info =
                connection -> connection.serverCommands().info("memory");
        return CompletableFuture.supplyAsync(() -> template.execute(info), threads)
                .thenApply(BlockingScriptConnection::text);
    }

    private static String text(@Nullable Properties info) {
        return info == null
                ? ""
                : info.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue())
                        .collect(Collectors.joining("\n"));
    }

    /** The pool looks after its connections itself. */
    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        threads.shutdownNow().forEach(unsent -> {
            if (unsent instanceof Queued call) {
                call.drop();
            }
        });
    }
}
