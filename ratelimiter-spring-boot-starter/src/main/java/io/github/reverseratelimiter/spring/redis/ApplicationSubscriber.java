package io.github.reverseratelimiter.spring.redis;

import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Listens over a connection of the application's: of a cluster, of a factory nobody knows. */
record ApplicationSubscriber(RedisConnectionFactory factory, Bounds bounds, Channel channel)
        implements Connector<Opened> {

    @Override
    public Opened open() {
        return SpringDataSubscription.open(
                factory.getConnection(), channel, bounds.attempt(), new SpringDataSubscription.Ending() {});
    }
}
