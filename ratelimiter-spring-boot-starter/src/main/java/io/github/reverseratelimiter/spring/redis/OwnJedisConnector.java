package io.github.reverseratelimiter.spring.redis;

import java.util.Objects;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/**
 * Opens connections of the limiter's own to where the application's Jedis goes, in the same way. The application's pool
 * is not touched: calls that hang take none of its connections away.
 */
final class OwnJedisConnector implements Connector<ScriptConnection> {

    private final JedisConnectionFactory theirs;
    private final Bounds bounds;

    OwnJedisConnector(JedisConnectionFactory theirs, Bounds bounds) {
        this.theirs = theirs;
        this.bounds = bounds;
    }

    /** Whether it may look at the settings: those of one server, of a factory that is no subclass. */
    static boolean knows(JedisConnectionFactory factory) {
        return factory.getClass() == JedisConnectionFactory.class
                && !factory.isRedisSentinelAware()
                && !factory.isRedisClusterAware();
    }

    @Override
    public ScriptConnection open() {
        RedisStandaloneConfiguration address =
                copy(Objects.requireNonNull(theirs.getStandaloneConfiguration(), "address"));
        JedisConnectionFactory own = new JedisConnectionFactory(
                address,
                OwnJedisSettings.like(
                        theirs.getClientConfiguration(), bounds.attempt(), BlockingScriptConnection.THREADS));
        own.afterPropertiesSet();
        own.start();
        try (RedisConnection first = own.getConnection()) {
            first.ping();
        } catch (RuntimeException e) {
            own.destroy();
            throw e;
        }
        return new OwnJedisConnection(own, new BlockingScriptConnection(own, bounds), () -> isReplaced(address));
    }

    /** Of the settings as they are now: they may be changed before the factory is started anew. */
    static RedisStandaloneConfiguration copy(RedisStandaloneConfiguration settings) {
        RedisStandaloneConfiguration copy =
                new RedisStandaloneConfiguration(settings.getHostName(), settings.getPort());
        copy.setDatabase(settings.getDatabase());
        copy.setUsername(settings.getUsername());
        copy.setPassword(settings.getPassword());
        return copy;
    }

    /** While the factory is stopped, what is open serves on. */
    private boolean isReplaced(RedisStandaloneConfiguration address) {
        return theirs.isRunning() && !address.equals(theirs.getStandaloneConfiguration());
    }
}
