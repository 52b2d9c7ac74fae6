package io.github.reverseratelimiter.spring.redis;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import redis.clients.jedis.JedisPoolConfig;

/**
 * The settings of the application's client, but for its pool and its time-outs. A proxy, because the next generation of
 * Spring Data has further settings, which have to go along.
 *
 * @param theirs the application's
 * @param bound longest time to connect, and longest time without an answer
 * @param pool of as many connections as there are threads to use them
 */
record OwnJedisSettings(JedisClientConfiguration theirs, Duration bound, JedisPoolConfig pool)
        implements InvocationHandler {

    static JedisClientConfiguration like(JedisClientConfiguration theirs, Duration bound, int connections) {
        JedisPoolConfig pool = new JedisPoolConfig();
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setMaxWait(bound);
        // One thread looks after the idle connections of all pools, and a frozen Redis would hold it up.
        pool.setTestWhileIdle(false);
        pool.setJmxEnabled(false);
        return (JedisClientConfiguration) Proxy.newProxyInstance(
                OwnJedisSettings.class.getClassLoader(),
                new Class<?>[] {JedisClientConfiguration.class},
                new OwnJedisSettings(theirs, bound, pool));
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "isUsePooling" -> true;
            case "getPoolConfig" -> Optional.of(pool);
            case "getConnectTimeout" -> bounded(theirs.getConnectTimeout());
            case "getReadTimeout" -> bounded(theirs.getReadTimeout());
            default -> asTheirs(method, arguments);
        };
    }

    /** Jedis takes 0 for no bound. */
    private Duration bounded(Duration timeout) {
        return timeout.isZero() || timeout.compareTo(bound) > 0 ? bound : timeout;
    }

    private @Nullable Object asTheirs(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(theirs, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
