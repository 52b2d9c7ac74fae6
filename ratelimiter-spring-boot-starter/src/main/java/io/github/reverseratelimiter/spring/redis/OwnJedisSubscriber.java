package io.github.reverseratelimiter.spring.redis;

import java.util.Objects;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnection;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import redis.clients.jedis.Jedis;

/** Listens over a connection of the limiter's own, to where the application's Jedis goes. */
record OwnJedisSubscriber(JedisConnectionFactory theirs, Bounds bounds, Channel channel) implements Connector<Opened> {

    @Override
    public Opened open() {
        Plain own = new Plain(
                OwnJedisConnector.copy(Objects.requireNonNull(theirs.getStandaloneConfiguration(), "address")),
                OwnJedisSettings.like(theirs.getClientConfiguration(), bounds.attempt(), 1));
        own.afterPropertiesSet();
        own.start();
        Jedis jedis;
        try {
            jedis = own.fetchJedisConnector();
        } catch (RuntimeException e) {
            own.destroy();
            throw e;
        }
        return SpringDataSubscription.open(
                new JedisConnection(jedis), channel, bounds.attempt(), new HangingUp(own, jedis));
    }

    /** Hands out a {@link Jedis}: the next generation's connections would hide that they have one. */
    private static final class Plain extends JedisConnectionFactory {

        Plain(RedisStandaloneConfiguration address, JedisClientConfiguration settings) {
            super(address, settings);
        }

        @Override
        protected Jedis fetchJedisConnector() {
            return super.fetchJedisConnector();
        }
    }

    /** Whoever listens to a Redis that hangs would never hear that it does as it was told. */
    private record HangingUp(JedisConnectionFactory own, Jedis jedis) implements SpringDataSubscription.Ending {

        @Override
        public void stop(RedisConnection connection) {
            jedis.disconnect();
        }

        @Override
        public void close(RedisConnection connection) {
            try {
                jedis.close();
            } finally {
                own.destroy();
            }
        }
    }
}
