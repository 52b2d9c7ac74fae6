package io.github.reverseratelimiter.spring.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.redis.connection.DefaultStringRedisConnection;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;

/**
 * Hands out one connection that stays open. A template on it opens none, so it never waits; and it never gets the
 * connection of the caller's transaction, in which a script would lie queued until EXEC.
 */
final class HeldConnectionFactory implements RedisConnectionFactory {

    private final RedisConnection connection;

    HeldConnectionFactory(RedisConnection connection) {
        this.connection = new Unclosed(connection);
    }

    @Override
    public RedisConnection getConnection() {
        return connection;
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        throw new InvalidDataAccessApiUsageException("only one connection is held, and it may be no cluster's");
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        throw new InvalidDataAccessApiUsageException("only one connection is held, and it is no sentinel's");
    }

    @Override
    public boolean getConvertPipelineAndTxResults() {
        return false;
    }

    @Override
    public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException e) {
        return null;
    }

    private static final class Unclosed extends DefaultStringRedisConnection {

        Unclosed(RedisConnection connection) {
            super(connection);
        }

        @Override
        public void close() {
            // the template closes after each use
        }
    }
}
