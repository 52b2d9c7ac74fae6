package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.time.TimeSource;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Opens connections of the limiter's own to where the application's go, in the same way: address, sentinels, TLS, name,
 * password, database, threads. The application's own connections are not touched.
 */
final class OwnLettuceConnector implements ScriptConnector {

    /** A client of ours, and the application's client whose settings it has. */
    private record Own(LettuceConnectionFactory factory, AbstractRedisClient like) {

        StatefulRedisConnection<byte[], byte[]> connect() {
            return ((RedisClient) factory.getRequiredNativeClient()).connect(ByteArrayCodec.INSTANCE);
        }
    }

    private static final Duration CLOSING = Duration.ofMillis(100);

    private final LettuceConnectionFactory theirs;
    private final Bounds bounds;
    private final ScriptConnector otherwise;
    private @Nullable Own own;
    private @Nullable OwnLettuceConnection last;

    OwnLettuceConnector(LettuceConnectionFactory theirs, Bounds bounds) {
        this.theirs = theirs;
        this.bounds = bounds;
        this.otherwise = new ApplicationConnector(theirs, bounds);
    }

    /** Whether it may look at the settings: a subclass may have made its client in a way of its own. */
    static boolean knows(Object factory) {
        return factory.getClass() == LettuceConnectionFactory.class;
    }

    @Override
    public ScriptConnection open() {
        AbstractRedisClient client = theirs.getRequiredNativeClient();
        if (!(client instanceof RedisClient single) || !isToOneServer(single)) {
            return otherwise.open();
        }
        Own current = own;
        if (current == null || !current.like().equals(client)) {
            close();
            current = new Own(factory(client), client);
            own = current;
        }
        return open(current);
    }

    private ScriptConnection open(Own current) {
        StatefulRedisConnection<byte[], byte[]> connection;
        try {
            connection = current.connect();
        } catch (RuntimeException e) {
            if (RedisFailures.translate(e) instanceof CreditStoreMisconfiguredException) {
                // Settings that were corrected in the meantime are read anew.
                close();
            }
            throw e;
        }
        OwnLettuceConnection opened = new OwnLettuceConnection(
                connection,
                new Progress(TimeSource.system(), bounds.stall()),
                () -> isReplaced(current.like()),
                theirs.isRedisSentinelAware());
        last = opened;
        return opened;
    }

    /** While the factory is stopped there is no other client yet: what is open serves on. */
    private boolean isReplaced(AbstractRedisClient like) {
        try {
            return theirs.isRunning() && !like.equals(theirs.getRequiredNativeClient());
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** One server, or the one that sentinels name; not a list of servers of which one is found out to be writable. */
    private boolean isToOneServer(RedisClient client) {
        return theirs.isRedisSentinelAware()
                || theirs.getSocketConfiguration() != null
                || (theirs.getClientConfiguration().getReadFrom().isEmpty() && tellsItsAddress() && hasAddress(client));
    }

    /** A factory made of a {@link RedisConfiguration} keeps that for itself, and tells a default in its place. */
    private boolean tellsItsAddress() {
        RedisStandaloneConfiguration told = theirs.getStandaloneConfiguration();
        return told.getHostName().equals(theirs.getHostName())
                && told.getPort() == theirs.getPort()
                && told.getDatabase() == theirs.getDatabase()
                && told.getPassword().equals(RedisPassword.of(theirs.getPassword()));
    }

    /**
     * Whether the client was made for an address. The factory does not tell that it was given a list of servers, but
     * only then does its client have none, and refuses before it looks at anything else.
     */
    @SuppressWarnings("NullAway")
    private static boolean hasAddress(RedisClient client) {
        try {
            client.connect((RedisCodec<byte[], byte[]>) null).close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private LettuceConnectionFactory factory(AbstractRedisClient client) {
        OwnSettings settings = new OwnSettings(theirs.getClientConfiguration(), client, bounds.attempt());
        LettuceConnectionFactory factory = new LettuceConnectionFactory(address(), settings);
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    private RedisConfiguration address() {
        RedisConfiguration sentinel = theirs.getSentinelConfiguration();
        RedisConfiguration socket = theirs.getSocketConfiguration();
        return sentinel != null ? sentinel : socket != null ? socket : theirs.getStandaloneConfiguration();
    }

    @Override
    public void close() {
        Own current = own;
        own = null;
        OwnLettuceConnection opened = last;
        if (opened != null) {
            opened.awaitClosed(CLOSING);
        }
        if (current != null) {
            current.factory().destroy();
        }
    }
}
