package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreException;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.ClassUtils;

/** Shares the connections of the application: those of a client that blocks, of a cluster, of a factory nobody knows. */
final class ApplicationConnector implements Connector<ScriptConnection> {

    private static final boolean LETTUCE = ClassUtils.isPresent(
            "io.lettuce.core.AbstractRedisAsyncCommands", ApplicationConnector.class.getClassLoader());

    private final RedisConnectionFactory factory;
    private final Bounds bounds;

    ApplicationConnector(RedisConnectionFactory factory, Bounds bounds) {
        this.factory = factory;
        this.bounds = bounds;
    }

    @Override
    public ScriptConnection open() {
        RedisConnection connection = factory.getConnection();
        ScriptConnection lettuce;
        try {
            lettuce = lettuce(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        if (lettuce == null) {
            connection.close();
            return new BlockingScriptConnection(factory, bounds);
        }
        if (!lettuce.isOpen()) {
            lettuce.close();
            // Sent now, a script would lie in the client's queue until Redis is back, long after its caller has gone.
            throw new CreditStoreException(
                    CreditStoreException.Reason.CONNECTION,
                    "Redis did not decide (the connection is lost): is it up, and reachable?");
        }
        return lettuce;
    }

    private static @Nullable ScriptConnection lettuce(RedisConnection connection) {
        return LETTUCE ? LettuceScriptConnection.on(connection) : null;
    }
}
