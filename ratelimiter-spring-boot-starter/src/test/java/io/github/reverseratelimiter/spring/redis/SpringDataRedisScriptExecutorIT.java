package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.OwnRedis;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.lettuce.core.ScanArgs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The port over a connection factory of an application, to a real Redis of our own. */
class SpringDataRedisScriptExecutorIT {

    private static final RateLimit TWO = RateLimit.of(2, Duration.ofHours(1));

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    @BeforeEach
    void forget() {
        REDIS.commands().flushall();
        REDIS.commands().scriptFlush();
        REDIS.commands().configResetstat();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsAScriptTheServerDoesNotKnow(boolean lettuce) {
        try (SpringDataRedisScriptExecutor executor = executor(lettuce)) {
            assertThat(take(executor)).hasSize(64);

            assertThat(REDIS.calls("eval")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsAKnownScriptByItsName(boolean lettuce) {
        try (SpringDataRedisScriptExecutor executor = executor(lettuce)) {
            take(executor);
            REDIS.commands().configResetstat();

            take(executor);

            assertThat(REDIS.calls("evalsha")).isEqualTo(1);
            assertThat(REDIS.calls("eval")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesAForeignKeyUnderOurNameAlone(boolean lettuce) {
        REDIS.commands().rpush(bytes("t:key"), bytes("mine"));
        try (SpringDataRedisScriptExecutor executor = executor(lettuce)) {
            assertThat(executor.execute(RedisCreditStore.script(), keys(), arguments()))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(CreditStoreMisconfiguredException.class)
                    .withMessageContaining("key-prefix")
                    .withMessageNotContaining("t:key");

            assertThat(REDIS.commands().llen(bytes("t:key"))).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failsWhileRedisIsAway(boolean lettuce) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", 1);
        factory.start();
        try (SpringDataRedisScriptExecutor executor = executor(factory, lettuce)) {
            assertThat(executor.execute(RedisCreditStore.script(), keys(), arguments()))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(CreditStoreException.class)
                    .isNotInstanceOf(CreditStoreMisconfiguredException.class)
                    .withMessageContaining("Redis did not decide");
        } finally {
            factory.destroy();
        }
    }

    @Test
    void failsOnceItIsClosed() {
        SpringDataRedisScriptExecutor executor = executor(true);
        executor.close();

        assertThat(executor.execute(RedisCreditStore.script(), keys(), arguments()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(CreditStoreException.class)
                .withMessageContaining("closed");
    }

    @Test
    void mayBeClosedTwice() {
        SpringDataRedisScriptExecutor executor = executor(true);
        take(executor);

        executor.close();
        executor.close();

        assertThat(executor).isNotNull();
    }

    @Test
    void warmsUpInTheBackground() {
        try (SpringDataRedisScriptExecutor executor = executor(true)) {
            executor.warmUp();

            await().untilAsserted(() -> assertThat(REDIS.calls("ping")).isPositive());
        }
    }

    @Test
    void comesBackAfterItsConnectionWasKilled() {
        application().run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            limiter.tryAcquire("before", TWO);

            REDIS.commands()
                    .clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme(true));

            await().untilAsserted(
                            () -> assertThat(limiter.tryAcquire("after", TWO)).isInstanceOf(Acquisition.Granted.class));
        });
    }

    @Test
    void comesBackAfterTheFactoryWasRestarted() {
        application().run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            limiter.tryAcquire("before", TWO);
            LettuceConnectionFactory factory = context.getBean(LettuceConnectionFactory.class);
            factory.stop();
            factory.start();

            await().untilAsserted(
                            () -> assertThat(limiter.tryAcquire("after", TWO)).isInstanceOf(Acquisition.Granted.class));
        });
    }

    @Test
    void worksWithAConnectionThatIsNotShared() {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", Contexts.port(REDIS.server()));
        factory.setShareNativeConnection(false);
        factory.start();
        try (SpringDataRedisScriptExecutor executor = executor(factory, true)) {
            take(executor);

            assertThat(take(executor)).hasSize(64);
        } finally {
            factory.destroy();
        }
    }

    @Test
    void isNoPartOfTheTransactionOfTheCaller() {
        application().withBean(Client.class).run(context -> {
            Client client = context.getBean(Client.class);
            StringRedisTemplate template = context.getBean(StringRedisTemplate.class);

            List<Object> committed = template.execute(new SessionCallback<>() {
                @Override
                public <K, V> List<Object> execute(RedisOperations<K, V> operations) throws DataAccessException {
                    operations.multi();
                    client.call();
                    return operations.exec();
                }
            });

            assertThat(committed).isEmpty();
        });
    }

    /** FAULTS row 28. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void warnsOfAPolicyThatEvicts(boolean lettuce) {
        REDIS.commands().configSet("maxmemory-policy", "allkeys-lru");
        REDIS.commands().configSet("maxmemory", "100mb");
        List<String> lines = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(SpringDataRedisScriptExecutor.class.getName());
        Filter before = logger.getFilter();
        logger.setFilter(line -> lines.add(line.getMessage()));
        try (SpringDataRedisScriptExecutor executor = executor(lettuce)) {
            executor.lookAtEviction();
            executor.warmUp();

            await().untilAsserted(
                            () -> assertThat(lines).singleElement().asString().contains("allkeys-lru"));
        } finally {
            logger.setFilter(before);
            REDIS.commands().configSet("maxmemory", "0");
            REDIS.commands().configSet("maxmemory-policy", "noeviction");
        }
    }

    @Test
    void keepsToTheKeyPrefix() {
        application()
                .withPropertyValues("reverse-rate-limiter.key-prefix=mine:", "reverse-rate-limiter.self-test=false")
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    assertThat(REDIS.commands()
                                    .scan(ScanArgs.Builder.limit(1_000))
                                    .getKeys())
                            .singleElement()
                            .satisfies(key -> assertThat(new String(key, StandardCharsets.UTF_8))
                                    .startsWith("mine:"));
                });
    }

    @Test
    void keepsToTheHashTag() {
        application()
                .withPropertyValues("reverse-rate-limiter.hash-tag=app", "reverse-rate-limiter.self-test=false")
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    assertThat(REDIS.commands()
                                    .scan(ScanArgs.Builder.limit(1_000))
                                    .getKeys())
                            .singleElement()
                            .satisfies(key -> assertThat(new String(key, StandardCharsets.UTF_8))
                                    .startsWith("rrl:{app}"));
                });
    }

    @Test
    void tellsAnAnnotatedMethodThatRedisIsAway() {
        Contexts.redis()
                .withBean(Client.class)
                .run(context -> assertThatExceptionOfType(CreditStoreException.class)
                        .isThrownBy(() -> context.getBean(Client.class).call())
                        .withMessageContaining("Client.call")
                        .withMessageContaining("the store is away"));
    }

    @Test
    void sharesOneBudgetBetweenApplications() {
        application()
                .withBean(Client.class)
                .run(one -> application().withBean(Client.class).run(other -> {
                    one.getBean(Client.class).call();

                    assertThat(other.getBean(ReverseRateLimiter.class)
                                    .tryAcquire("acme", TWO)
                                    .remaining())
                            .isZero();
                }));
    }

    private static ApplicationContextRunner application() {
        return Contexts.redis(REDIS.server()).withPropertyValues("reverse-rate-limiter.store-timeout=10s");
    }

    private static SpringDataRedisScriptExecutor executor(boolean lettuce) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", Contexts.port(REDIS.server()));
        factory.start();
        return executor(factory, lettuce);
    }

    private static SpringDataRedisScriptExecutor executor(RedisConnectionFactory factory, boolean lettuce) {
        return new SpringDataRedisScriptExecutor(
                lettuce ? factory : BlockingFactory.of(factory), Duration.ofSeconds(10));
    }

    private static byte[] take(SpringDataRedisScriptExecutor executor) {
        return executor.execute(RedisCreditStore.script(), keys(), arguments())
                .toCompletableFuture()
                .join();
    }

    private static byte[][] keys() {
        return new byte[][] {bytes("t:key")};
    }

    /** Takes one of two credits per hour. */
    private static byte[][] arguments() {
        byte[] argument = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(0)
                .putDouble(0)
                .putDouble(0)
                .put((byte) 1)
                .putDouble(3_600_000_000.0)
                .putDouble(2)
                .put((byte) 'T')
                .putDouble(1)
                .putDouble(0)
                .put(bytes("abcdef"))
                .array();
        return new byte[][] {argument};
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 2, window = "1h")
        public void call() {}
    }
}
