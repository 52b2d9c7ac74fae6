package io.github.reverseratelimiter.spring.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Optional;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * The settings of the application's client, but for those that decide how long an outage is felt: opening is bounded,
 * and what is lost is not reconnected.
 *
 * @param theirs the application's
 * @param client the application's client, whose threads are shared
 * @param bound longest time to connect, and again to introduce oneself
 */
record OwnSettings(LettuceClientConfiguration theirs, AbstractRedisClient client, Duration bound)
        implements LettuceClientConfiguration {

    @Override
    public Optional<ClientResources> getClientResources() {
        return Optional.of(client.getResources());
    }

    @Override
    public Optional<ClientOptions> getClientOptions() {
        ClientOptions options = client.getOptions();
        SocketOptions socket = options.getSocketOptions();
        Duration connect = socket.getConnectTimeout();
        return Optional.of(options.mutate()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(socket.mutate()
                        .connectTimeout(connect.compareTo(bound) < 0 ? connect : bound)
                        .build())
                // Whoever waits for an answer has a time-out of its own, and wants to hear of late ones.
                .timeoutOptions(TimeoutOptions.create())
                .build());
    }

    /** Also that of the handshake. */
    @Override
    public Duration getCommandTimeout() {
        return bound;
    }

    /** What is counted is written where it is counted. */
    @Override
    public Optional<ReadFrom> getReadFrom() {
        return Optional.empty();
    }

    @Override
    public boolean isUseSsl() {
        return theirs.isUseSsl();
    }

    @Override
    @SuppressWarnings("deprecation")
    public boolean isVerifyPeer() {
        return theirs.isVerifyPeer();
    }

    @Override
    public SslVerifyMode getVerifyMode() {
        return theirs.getVerifyMode();
    }

    @Override
    public boolean isStartTls() {
        return theirs.isStartTls();
    }

    @Override
    public Optional<String> getClientName() {
        return theirs.getClientName();
    }

    @Override
    public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
        return theirs.getRedisCredentialsProviderFactory();
    }

    @Override
    public Duration getShutdownTimeout() {
        return theirs.getShutdownTimeout();
    }

    @Override
    public Duration getShutdownQuietPeriod() {
        return theirs.getShutdownQuietPeriod();
    }
}
