package io.github.reverseratelimiter.spring.redis;

import java.util.Objects;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.Jedis;

/** Listens over a connection of the limiter's own, to where the application's Jedis goes. */
record OwnJedisSubscriber(JedisConnectionFactory theirs, Bounds bounds, Channel channel) implements Connector<Opened> {

    @Override
    public Opened open() {
        JedisConnectionFactory own = OwnJedisConnector.like(
                theirs,
                OwnJedisConnector.copy(Objects.requireNonNull(theirs.getStandaloneConfiguration(), "address")),
                bounds,
                1);
        RedisConnection connection;
        try {
            connection = own.getConnection();
        } catch (RuntimeException e) {
            own.destroy();
            throw e;
        }
        return SpringDataSubscription.open(connection, channel, bounds.attempt(), new HangingUp(own));
    }

    /** Whoever listens to a Redis that hangs would never hear that it does as it was told. */
    private record HangingUp(JedisConnectionFactory own) implements SpringDataSubscription.Ending {

        @Override
        public void stop(RedisConnection connection) {
            if (connection.getNativeConnection() instanceof Jedis jedis) {
                jedis.disconnect();
            }
        }

        @Override
        public void close(RedisConnection connection) {
            try {
                connection.close();
            } finally {
                own.destroy();
            }
        }
    }
}
