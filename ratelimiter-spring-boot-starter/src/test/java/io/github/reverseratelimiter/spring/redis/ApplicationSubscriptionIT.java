package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.ClusterNode;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Where the application's connections are shared, it listens over one of them: on a cluster, and to a factory nobody knows. */
class ApplicationSubscriptionIT {

    private static final byte[] CHANNEL = "rrl:called:1".getBytes(StandardCharsets.UTF_8);

    private static RedisServer node;

    @BeforeAll
    static void start() {
        node = ClusterNode.start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    static Stream<RedisConnectionFactory> factories() {
        URI uri = URI.create(node.uri());
        RedisClusterConfiguration cluster = new RedisClusterConfiguration(List.of(uri.getAuthority()));
        RedisStandaloneConfiguration one = new RedisStandaloneConfiguration(uri.getHost(), uri.getPort());
        return Stream.of(
                new LettuceConnectionFactory(cluster),
                new JedisConnectionFactory(cluster),
                new LettuceConnectionFactory(one) {},
                new JedisConnectionFactory(one) {});
    }

    private static boolean hasThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void hearsUntilItIsClosed(RedisConnectionFactory factory) throws Exception {
        OutageContract.start(factory);
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        try (LettuceScriptExecutor other = node.executor()) {
            SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, Duration.ofSeconds(10));
            executor.subscribe("rrl:called:1", heard::add);
            await().untilAsserted(() -> {
                other.commands().publish(CHANNEL, new byte[] {1, 2, 3});
                assertThat(heard).contains(new byte[] {1, 2, 3});
            });

            executor.close();

            await().untilAsserted(() -> {
                assertThat(other.commands().publish(CHANNEL, new byte[] {4})).isZero();
                assertThat(hasThreads()).isFalse();
            });
        } finally {
            ((DisposableBean) factory).destroy();
        }
    }
}
