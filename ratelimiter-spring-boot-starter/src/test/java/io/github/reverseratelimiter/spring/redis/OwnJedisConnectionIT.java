package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** FAULTS row 49, with Jedis: the limiter's own pool goes where the application's goes, in the same way. */
class OwnJedisConnectionIT {

    private static final RateLimit LIMIT = RateLimit.of(100, Duration.ofHours(1));

    private static FragileRedis redis;
    private RedisStandaloneConfiguration settings;
    private JedisConnectionFactory factory;
    private ReverseRateLimiter limiter;

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start("user app on >secret ~* +@all", "user other on >secret ~* +@all");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        settings = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
        settings.setUsername("app");
        settings.setPassword(RedisPassword.of("secret"));
        settings.setDatabase(3);
        factory = new JedisConnectionFactory(
                settings, JedisClientConfiguration.builder().clientName("mine").build());
        OutageContract.start(factory);
        limiter = ReverseRateLimiter.builder(new RedisCreditStore(
                        new SpringDataRedisScriptExecutor(factory, Duration.ofSeconds(10)), "own:"))
                .storeTimeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void disconnect() {
        limiter.close();
        factory.destroy();
    }

    private boolean isGranted() {
        return limiter.tryAcquire("acme", LIMIT) instanceof Acquisition.Granted;
    }

    private static boolean hasClient(String how) {
        return redis.answer("CLIENT LIST", Pattern.compile("(?s)\\$.*\n\r\n"))
                .group()
                .lines()
                .anyMatch(Pattern.compile(how).asPredicate());
    }

    @Test
    void hasTheNameThePasswordAndTheDatabaseOfTheApplications() {
        assertThat(isGranted()).isTrue();
        assertThat(hasClient("name=mine .*db=3 .*cmd=eval.* user=app")).isTrue();
    }

    @Test
    void takesTheNewSettingsOfARestartedFactory() {
        assertThat(isGranted()).isTrue();

        factory.stop();
        settings.setUsername("other");
        settings.setDatabase(4);
        factory.afterPropertiesSet();
        factory.start();

        await().until(this::isGranted);
        assertThat(hasClient("db=4 .*cmd=eval.* user=other")).isTrue();
    }

    @Test
    void isClosedWithTheLimiter() {
        assertThat(isGranted()).isTrue();

        limiter.close();

        await().untilAsserted(() -> {
            assertThat(hasClient("user=app")).isFalse();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"));
        });
    }
}
