package io.github.reverseratelimiter.spring.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Listens over a connection of the limiter's own, where it can, and else over one of the application's. */
final class LettuceSubscriber implements Connector<Opened> {

    private final OwnLettuceClient client;
    private final Channel channel;
    private final Connector<Opened> otherwise;

    LettuceSubscriber(LettuceConnectionFactory theirs, Bounds bounds, Channel channel) {
        this.client = new OwnLettuceClient(theirs, bounds);
        this.channel = channel;
        this.otherwise = new ApplicationSubscriber(theirs, bounds, channel);
    }

    @Override
    public Opened open() {
        return client.connect(own -> own.connectPubSub(ByteArrayCodec.INSTANCE))
                .map(this::subscribe)
                .orElseGet(otherwise::open);
    }

    private Opened subscribe(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                channel.hear(message);
            }
        });
        try {
            connection.sync().subscribe(channel.bytes());
        } catch (RuntimeException e) {
            var unused = connection.closeAsync();
            throw e;
        }
        return new Subscribed(connection);
    }

    @Override
    public void close() {
        client.close();
    }

    /** Is not reconnected when it is lost. */
    private record Subscribed(StatefulRedisPubSubConnection<byte[], byte[]> connection) implements Opened {

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void whenLost(Runnable listener) {
            connection.addListener(new RedisConnectionStateAdapter() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                    listener.run();
                }
            });
        }

        @Override
        public void close() {
            var unused = connection.closeAsync();
        }
    }
}
