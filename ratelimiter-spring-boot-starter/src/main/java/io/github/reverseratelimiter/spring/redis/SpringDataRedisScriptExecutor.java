package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * Runs scripts where a {@link RedisConnectionFactory} of the application connects to, changing none of its settings.
 *
 * <p>With Lettuce and one server (also one that sentinels name), over a connection of its own with the application's
 * settings; with Jedis and one server, over a small pool of its own; else over the application's connections. Connections are opened in a thread of its own, one attempt at a
 * time that all callers share: no caller waits longer than a decision may take.
 */
public final class SpringDataRedisScriptExecutor implements RedisScriptExecutor {

    private static final System.Logger LOG = System.getLogger(SpringDataRedisScriptExecutor.class.getName());
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final boolean LETTUCE = ClassUtils.isPresent(
            "io.lettuce.core.AbstractRedisAsyncCommands", SpringDataRedisScriptExecutor.class.getClassLoader());

    private static final boolean JEDIS = ClassUtils.isPresent(
            "redis.clients.jedis.JedisCluster", SpringDataRedisScriptExecutor.class.getClassLoader());

    private final RedisConnectionFactory factory;
    private final Bounds bounds;
    private final Link<ScriptConnection> link;
    private final Set<Link<Opened>> subscriptions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** On this factory, for decisions that take 250 ms at most; nothing is opened yet. */
    public SpringDataRedisScriptExecutor(RedisConnectionFactory factory) {
        this(factory, STORE_TIMEOUT);
    }

    /**
     * On this factory; nothing is opened yet.
     *
     * @param storeTimeout longest time that a decision may take, and so for which a caller waits for a connection
     */
    public SpringDataRedisScriptExecutor(RedisConnectionFactory factory, Duration storeTimeout) {
        this.factory = Objects.requireNonNull(factory, "factory");
        this.bounds = new Bounds(Objects.requireNonNull(storeTimeout, "storeTimeout"));
        this.link = new Link<>(connector(factory, bounds), bounds);
        // Whoever only listens would not notice that the other side is gone.
        link.whenLost(() -> subscriptions.forEach(Link::renew));
    }

    private static Connector<ScriptConnection> connector(RedisConnectionFactory factory, Bounds bounds) {
        if (LETTUCE && factory instanceof LettuceConnectionFactory lettuce && OwnLettuceClient.knows(lettuce)) {
            return new OwnLettuceConnector(lettuce, bounds);
        }
        return JEDIS && factory instanceof JedisConnectionFactory jedis && OwnJedisConnector.knows(jedis)
                ? new OwnJedisConnector(jedis, bounds)
                : new ApplicationConnector(factory, bounds);
    }

    private Connector<Opened> subscriber(Channel channel) {
        if (LETTUCE && factory instanceof LettuceConnectionFactory lettuce && OwnLettuceClient.knows(lettuce)) {
            return new LettuceSubscriber(lettuce, bounds, channel);
        }
        return JEDIS && factory instanceof JedisConnectionFactory jedis && OwnJedisConnector.knows(jedis)
                ? new OwnJedisSubscriber(jedis, bounds, channel)
                : new ApplicationSubscriber(factory, bounds, channel);
    }

    /** Opens a connection in the background, so that the first call does not pay for it. Never fails, never waits. */
    public void warmUp() {
        var unused = link.connection().whenComplete((opened, failure) -> {
            if (failure != null) {
                LOG.log(System.Logger.Level.DEBUG, "Redis is not reachable yet", failure);
            }
        });
    }

    /**
     * Looks, once and in the background, whether Redis may evict keys, and warns then. Where the user may not ask (INFO),
     * nothing is said. Never fails, never waits.
     */
    public void lookAtEviction() {
        var unused = link.first()
                .thenCompose(ScriptConnection::memory)
                .thenAccept(info -> EvictionPolicy.evicting(info).ifPresent(EvictionPolicy::warn))
                .exceptionally(failure -> {
                    LOG.log(System.Logger.Level.DEBUG, "Redis does not tell whether it evicts keys", failure);
                    return null;
                });
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        return run(script, keys, arguments)
                .exceptionallyCompose(failure -> RedisFailures.isCutAtRest(failure)
                        ? run(script, keys, arguments)
                        : CompletableFuture.failedFuture(failure))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(RedisFailures.translate(failure)));
    }

    private CompletableFuture<byte[]> run(RedisScript script, byte[][] keys, byte[][] arguments) {
        return link.connection().thenCompose(connection -> connection.run(script, keys, arguments));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Over one more connection, opened in the background, and anew as soon as it is lost.
     */
    @Override
    public void subscribe(String channel, Consumer<byte[]> listener) {
        Link<Opened> subscription = new Link<>(new RightToListen(subscriber(new Channel(channel, listener))), bounds);
        subscriptions.add(subscription);
        var unused = subscription.connection();
        if (closed) {
            subscription.close();
        }
    }

    @Override
    public void whenOpened(Runnable listener) {
        link.whenOpened(listener);
    }

    @Override
    public Placement placement() {
        boolean cluster = (LETTUCE && factory instanceof LettuceConnectionFactory lettuce && lettuce.isClusterAware())
                || (JEDIS && factory instanceof JedisConnectionFactory jedis && jedis.isRedisClusterAware());
        return cluster ? Placement.BY_SLOT : Placement.TOGETHER;
    }

    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(Link::close);
        link.close();
    }
}
