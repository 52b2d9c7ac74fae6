package io.github.reverseratelimiter.spring.redis;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A channel of Redis, and who hears what is published on it.
 *
 * @param name as it stands in SUBSCRIBE
 */
record Channel(String name, Consumer<byte[]> listener) {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());

    byte[] bytes() {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** A listener that fails hears the next message all the same. */
    void hear(byte[] message) {
        try {
            listener.accept(message);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "A message on channel " + name + " was heard, but led to an error", e);
        }
    }
}
