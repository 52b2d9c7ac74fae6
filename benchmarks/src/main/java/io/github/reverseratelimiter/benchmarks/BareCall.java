package io.github.reverseratelimiter.benchmarks;

import static io.github.reverseratelimiter.benchmarks.Pipeline.bytes;

import io.github.reverseratelimiter.RateLimit;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A yardstick sent by the bare commands of a connection, and the thread that waits for its answer. */
final class BareCall {

    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final Yardstick yardstick;
    private final String sha;
    private final byte[][] keys;
    private final byte[][] arguments;

    private BareCall(Redis redis, Way way, Yardstick yardstick, byte[]... arguments) {
        this.commands = way.commands();
        this.yardstick = yardstick;
        this.sha = redis.load(yardstick.script());
        this.keys = new byte[][] {bytes("rrl:figures:" + yardstick)};
        this.arguments = arguments;
    }

    /** One that does nothing, and is sent no argument. */
    static BareCall trivial(Redis redis, Way way) {
        return new BareCall(redis, way, Yardstick.TRIVIAL);
    }

    /** The ZSET script on the server's clock; its members differ by the time alone, which is enough for one thread. */
    static BareCall plainZset(Redis redis, Way way, RateLimit limit) {
        return new BareCall(
                redis,
                way,
                Yardstick.PLAIN_ZSET,
                bytes(""),
                bytes("1"),
                bytes("0"),
                bytes("member"),
                bytes(Integer.toString(limit.limit())),
                bytes(Long.toString(limit.windowMicros())));
    }

    /** Whether it was granted. */
    boolean call() {
        try {
            List<Object> reply = commands.<List<Object>>evalsha(sha, ScriptOutputType.MULTI, keys, arguments)
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);
            return yardstick.granted(reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
