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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The limiter's own connection goes where the application's go, in the same way, and as long as they do. */
class OwnConnectionIT {

    private static final RateLimit LIMIT = RateLimit.of(100, Duration.ofHours(1));
    private static final String KEY = "own::acme";

    private static FragileRedis redis;
    private LettuceConnectionFactory factory;
    private ReverseRateLimiter limiter;

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start("user app on >secret ~* +@all", "user other on >secret ~* +@all");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @AfterEach
    void disconnect() {
        limiter.close();
        factory.destroy();
        redis.send("FLUSHALL");
    }

    private void connect(LettuceConnectionFactory connections) {
        factory = connections;
        factory.afterPropertiesSet();
        factory.start();
        limiter = ReverseRateLimiter.builder(new RedisCreditStore(
                        new SpringDataRedisScriptExecutor(factory, Duration.ofSeconds(10)), "own:"))
                .storeTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static RedisStandaloneConfiguration settings() {
        RedisStandaloneConfiguration settings = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
        settings.setUsername("app");
        settings.setPassword(RedisPassword.of("secret"));
        settings.setDatabase(3);
        return settings;
    }

    private boolean isGranted() {
        return limiter.tryAcquire("acme", LIMIT) instanceof Acquisition.Granted;
    }

    private static boolean hasClient(String how) {
        return clients(how) > 0;
    }

    private static long clients(String how) {
        return redis.answer("CLIENT LIST", Pattern.compile("(?s)\\$.*\n\r\n"))
                .group()
                .lines()
                .filter(line -> Pattern.compile(how).matcher(line).find())
                .count();
    }

    @Test
    void hasTheNameThePasswordAndTheDatabaseOfTheApplications() {
        connect(new LettuceConnectionFactory(
                settings(),
                LettuceClientConfiguration.builder().clientName("mine").build()));

        assertThat(isGranted()).isTrue();
        assertThat(hasClient("name=mine .*db=3 .*user=app")).isTrue();
        assertThat(new StringRedisTemplate(factory).hasKey(KEY)).isTrue();
    }

    @Test
    void isAnotherThanTheApplicationsSoThatNeitherWaitsForTheOther() {
        connect(new LettuceConnectionFactory(settings()));
        StringRedisTemplate template = new StringRedisTemplate(factory);
        template.hasKey(KEY);

        assertThat(isGranted()).isTrue();
        assertThat(clients("user=app")).isEqualTo(2);
    }

    @Test
    void takesTheNewSettingsOfARestartedFactory() {
        RedisStandaloneConfiguration settings = settings();
        connect(new LettuceConnectionFactory(settings));
        assertThat(isGranted()).isTrue();

        factory.stop();
        settings.setUsername("other");
        settings.setDatabase(4);
        factory.start();

        await().until(this::isGranted);
        assertThat(hasClient("db=4 .*user=other")).isTrue();
    }

    @Test
    void servesOnWhileTheFactoryIsStopped() {
        connect(new LettuceConnectionFactory(
                settings(),
                LettuceClientConfiguration.builder()
                        .clientResources(resources())
                        .build()));
        assertThat(isGranted()).isTrue();

        factory.stop();

        assertThat(isGranted()).isTrue();
    }

    private static io.lettuce.core.resource.ClientResources resources() {
        return io.lettuce.core.resource.DefaultClientResources.create();
    }

    @Test
    void isClosedWithTheLimiter() {
        connect(new LettuceConnectionFactory(settings()));
        assertThat(isGranted()).isTrue();

        limiter.close();

        await().untilAsserted(() -> {
            assertThat(hasClient("user=app")).isFalse();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"));
        });
    }

    @Test
    void isNotOpenedToAListOfServersOfWhichTheFactoryTellsNothing() {
        connect(new LettuceConnectionFactory(
                new RedisStaticMasterReplicaConfiguration("127.0.0.1", redis.port()),
                LettuceClientConfiguration.defaultConfiguration()));

        assertThat(isGranted()).isTrue();
    }

    /** It tells localhost, port 6379 and database 0, without a password: perhaps somebody else's Redis. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void isNotOpenedToWhatAFactoryTellsThatIsMadeOfAnyConfiguration(int database) {
        RedisStandaloneConfiguration settings = settings();
        settings.setDatabase(database);
        connect(new LettuceConnectionFactory(
                (RedisConfiguration) settings, LettuceClientConfiguration.defaultConfiguration()));

        assertThat(isGranted()).isTrue();
        assertThat(new StringRedisTemplate(factory).hasKey(KEY)).isTrue();
    }

    @Test
    void readsCorrectedSettingsAfterARefusal() {
        RedisStandaloneConfiguration settings = settings();
        settings.setPassword(RedisPassword.of("wrong"));
        connect(new LettuceConnectionFactory(settings));
        // Lettuce sometimes stumbles over a connection that is closed while it shakes hands, and does not tell why.
        await().untilAsserted(() -> assertThat(
                        limiter.acquireAsync(io.github.reverseratelimiter.CreditRequest.of("acme", LIMIT)))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("spring.data.redis.username"));

        settings.setPassword(RedisPassword.of("secret"));

        await().ignoreExceptions().until(this::isGranted);
    }
}
