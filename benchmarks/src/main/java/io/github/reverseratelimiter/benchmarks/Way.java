package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A way to Redis: one connection, with the executor that the library uses on it, and its bare commands to compare with.
 *
 * @param title as it is called in the tables
 */
record Way(
        String title,
        RedisScriptExecutor executor,
        RedisClusterAsyncCommands<byte[], byte[]> commands,
        Runnable closing)
        implements AutoCloseable {

    /**
     * As the starter goes: over a connection of its own with the settings of a {@code RedisConnectionFactory}. The commands to
     * compare with have the factory's connection; one thread serves both, since where two happen to run decides by up to 50 %.
     */
    @SuppressWarnings("unchecked")
    static Way springData(Redis redis) {
        ClientResources resources = ClientResources.builder()
                .eventLoopGroupProvider(new DefaultEventLoopGroupProvider(1))
                .build();
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                (RedisStandaloneConfiguration) LettuceConnectionFactory.createRedisConfiguration(redis.uri()),
                LettuceClientConfiguration.builder().clientResources(resources).build());
        factory.afterPropertiesSet();
        factory.start();
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, Duration.ofSeconds(10));
        RedisConnection held = factory.getConnection();
        return new Way(
                "Spring Data Redis",
                executor,
                (RedisClusterAsyncCommands<byte[], byte[]>) held.getNativeConnection(),
                () -> {
                    executor.close();
                    held.close();
                    factory.destroy();
                    resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
                });
    }

    /** Nothing between the library and Lettuce. */
    static Way lettuce(Redis redis) {
        StatefulRedisConnection<byte[], byte[]> connection = redis.connect();
        return new Way(
                "Lettuce",
                new LettuceScriptExecutor(redis.client(), connection),
                connection.async(),
                connection::close);
    }

    @Override
    public void close() {
        closing.run();
    }
}
