package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A way to Redis for scripts. While it is open, a command sent now would go out at once, and may be answered. */
interface ScriptConnection extends Opened {

    /** Runs the script without waiting; failures are the client's own, in the stage or thrown. */
    CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments);

    /** What {@code INFO memory} tells, without waiting; not all connections ask. */
    default CompletionStage<String> memory() {
        return CompletableFuture.completedFuture("");
    }
}
