package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the limiter's own, which is closed for good when it is first lost: nothing that was sent over it is
 * ever sent again, and nothing queues for it.
 */
final class OwnLettuceConnection implements ScriptConnection {

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Progress progress;
    private final BooleanSupplier outdated;
    private final boolean followsUpstream;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean demoted;

    /**
     * On this connection.
     *
     * @param outdated whether the application has other settings by now
     * @param followsUpstream whether opening anew may find another server that can be written to
     */
    OwnLettuceConnection(
            StatefulRedisConnection<byte[], byte[]> connection,
            Progress progress,
            BooleanSupplier outdated,
            boolean followsUpstream) {
        this.connection = connection;
        this.progress = progress;
        this.outdated = outdated;
        this.followsUpstream = followsUpstream;
    }

    @Override
    public CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        progress.sending();
        CompletionStage<byte[]> answer;
        try {
            answer = LettuceScripts.run(connection.async(), script, keys, arguments);
        } catch (RuntimeException | Error e) {
            progress.answered();
            throw e;
        }
        return answer.whenComplete((reply, failure) -> answered(failure));
    }

    private void answered(@Nullable Throwable failure) {
        progress.answered();
        if (followsUpstream && failure != null && RedisFailures.isReadOnly(failure)) {
            demoted = true;
        }
    }

    @Override
    public void ping() {
        var unused = connection.async().ping();
    }

    @Override
    public CompletionStage<String> memory() {
        return connection.async().info("memory");
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen() && !demoted && !progress.isStalled() && !outdated.getAsBoolean();
    }

    @Override
    public void whenLost(Runnable listener) {
        connection.addListener(new RedisConnectionStateAdapter() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                close();
                listener.run();
            }
        });
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            var unused = connection.closeAsync().whenComplete((nothing, failure) -> gone.complete(null));
        }
    }

    /** If it is being closed, waits until it is, or for so long. Its client would close it again, and warn of that. */
    void awaitClosed(Duration most) {
        if (!closed.get()) {
            return;
        }
        try {
            gone.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the client closes it, and says so
        }
    }
}
