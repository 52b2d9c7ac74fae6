package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A way to Redis that is open, or was. */
interface ScriptConnection {

    /** Runs the script without waiting; failures are the client's own, in the stage or thrown. */
    CompletionStage<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments);

    /** Sends a PING whose answer nobody waits for: the first script then finds a path that was used before. */
    void ping();

    /** What {@code INFO memory} tells, without waiting; not all connections ask. */
    default CompletionStage<String> memory() {
        return CompletableFuture.completedFuture("");
    }

    /** Whether a command sent now would go out at once, and may be answered. */
    boolean isOpen();

    /** Tells, as soon as it is known, that it is open no more; not all connections know. */
    default void whenLost(Runnable listener) {}

    /** Gives it back. */
    void close();
}
