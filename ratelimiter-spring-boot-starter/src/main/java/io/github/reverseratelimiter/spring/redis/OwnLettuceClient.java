package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.RedisCodec;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A client of the limiter's own, to where the application's goes, in the same way: address, sentinels, TLS, name,
 * password, database, threads. The application's own connections are not touched.
 */
final class OwnLettuceClient {

    /** A client of ours, and the application's client whose settings it has. */
    private record Own(LettuceConnectionFactory factory, AbstractRedisClient like) {}

    private final LettuceConnectionFactory theirs;
    private final Bounds bounds;
    private @Nullable Own own;

    OwnLettuceClient(LettuceConnectionFactory theirs, Bounds bounds) {
        this.theirs = theirs;
        this.bounds = bounds;
    }

    /** Whether it may look at the settings: a subclass may have made its client in a way of its own. */
    static boolean knows(Object factory) {
        return factory.getClass() == LettuceConnectionFactory.class;
    }

    /** Connects so; does nothing where there is not one server, whose settings could be known. */
    <C> Optional<C> connect(Function<RedisClient, C> how) {
        AbstractRedisClient client = theirs.getRequiredNativeClient();
        if (!(client instanceof RedisClient single) || !isToOneServer(single)) {
            return Optional.empty();
        }
        Own current = own;
        if (current == null || !current.like().equals(client)) {
            close();
            current = new Own(factory(client), client);
            own = current;
        }
        try {
            return Optional.of(how.apply((RedisClient) current.factory().getRequiredNativeClient()));
        } catch (RuntimeException e) {
            if (RedisFailures.translate(e) instanceof CreditStoreMisconfiguredException) {
                // Settings that were corrected in the meantime are read anew.
                close();
            }
            throw e;
        }
    }

    /** The settings of what was connected last. */
    AbstractRedisClient like() {
        return Objects.requireNonNull(own, "connected").like();
    }

    boolean isOfSentinels() {
        return theirs.isRedisSentinelAware();
    }

    /**
     * Whether the application has other settings by now. While the factory is stopped there is no other client yet: what is open serves on.
     */
    boolean isReplaced(AbstractRedisClient like) {
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

    void close() {
        Own last = own;
        own = null;
        if (last != null) {
            last.factory().destroy();
        }
    }
}
