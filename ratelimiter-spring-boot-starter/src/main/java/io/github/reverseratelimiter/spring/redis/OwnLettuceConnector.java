package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.time.TimeSource;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Opens connections of the limiter's own, where it can, and else those of the application. */
final class OwnLettuceConnector implements Connector<ScriptConnection> {

    private static final Duration CLOSING = Duration.ofMillis(100);

    private final OwnLettuceClient client;
    private final Bounds bounds;
    private final Connector<ScriptConnection> otherwise;
    private @Nullable OwnLettuceConnection last;

    OwnLettuceConnector(LettuceConnectionFactory theirs, Bounds bounds) {
        this.client = new OwnLettuceClient(theirs, bounds);
        this.bounds = bounds;
        this.otherwise = new ApplicationConnector(theirs, bounds);
    }

    @Override
    public ScriptConnection open() {
        return client.connect(own -> own.connect(ByteArrayCodec.INSTANCE))
                .map(this::open)
                .orElseGet(otherwise::open);
    }

    private ScriptConnection open(StatefulRedisConnection<byte[], byte[]> connection) {
        AbstractRedisClient like = client.like();
        OwnLettuceConnection opened = new OwnLettuceConnection(
                connection,
                new Progress(TimeSource.system(), bounds.stall()),
                () -> client.isReplaced(like),
                client.isOfSentinels());
        last = opened;
        return opened;
    }

    @Override
    public void close() {
        OwnLettuceConnection opened = last;
        if (opened != null) {
            opened.awaitClosed(CLOSING);
        }
        client.close();
    }
}
