package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import io.github.reverseratelimiter.spring.Analyses;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.LogLines;
import io.github.reverseratelimiter.spring.Warnings;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import io.lettuce.core.ScanArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Redis is tried at the start, by a real one (FAULTS rows 1, 28, 49, 50). */
class SelfTestIT {

    private static final String RIGHTS =
            "~rrl:* +evalsha +eval +time +getrange +setrange +set +pexpire +exists +ping +hello +client|setname";
    private static FragileRedis redis;
    private final Warnings warnings = Warnings.ofAll();

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void begin() {
        user(RIGHTS);
        redis.awaitAnswer("FLUSHALL", "OK");
    }

    @AfterEach
    void end() {
        warnings.close();
    }

    private static void user(String rights) {
        redis.awaitAnswer("ACL SETUSER app reset on >secret " + rights, "OK");
    }

    private static ApplicationContextRunner application() {
        return Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.username=app",
                        "spring.data.redis.password=secret",
                        "reverse-rate-limiter.store-timeout=10s");
    }

    @Test
    void passesWithTheRightsThatAreDocumented() {
        application().run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(warnings.texts()).isEmpty();
        });
    }

    /** Lettuce warns of a connection that is closed twice, if the second time comes soon enough. */
    @RepeatedTest(8)
    void nothingIsWarnedOfWhenTheApplicationEnds() {
        try (LogLines log = new LogLines()) {
            application().run(context -> assertThat(context).hasNotFailed());

            assertThat(log.all()).doesNotContain("already closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evalsha", "eval", "time", "getrange", "setrange", "set", "pexpire", "exists"})
    void stopsTheStartWithoutOneOfTheRights(String command) {
        redis.awaitAnswer("SCRIPT FLUSH", "OK");
        user(RIGHTS + " -" + command);

        application()
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("self-test", "Redis refuses", "+" + command, "reverse-rate-limiter.self-test"));
    }

    /** The right would be missed only after the next restart of Redis, or SCRIPT FLUSH. */
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void stopsTheStartWithoutTheRightToSendTheScriptThoughRedisKnowsIt(String client) {
        ApplicationContextRunner again = application().withPropertyValues("spring.data.redis.client-type=" + client);
        again.run(context -> assertThat(context).hasNotFailed());
        user(RIGHTS + " -eval");

        again.run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                .contains("self-test", "Redis refuses", "+eval", "reverse-rate-limiter.self-test"));
    }

    @Test
    void needsOneRightMoreInADatabaseOtherThanTheFirst() {
        ApplicationContextRunner other = application().withPropertyValues("spring.data.redis.database=3");

        isStopped(other, "Redis refuses", "+select");
        user(RIGHTS + " +select");
        other.run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void stopsTheStartWhereOurKeysAreForbidden() {
        application()
                .withPropertyValues("reverse-rate-limiter.key-prefix=mine:")
                .run(context ->
                        assertThat(Analyses.of(context.getStartupFailure())).contains("Redis refuses", "key-prefix"));
    }

    @Test
    void stopsTheStartWithAWrongPassword() {
        isStopped(
                application().withPropertyValues("spring.data.redis.password=wrong"),
                "WRONGPASS",
                "spring.data.redis.username");
    }

    @Test
    void stopsTheStartWithoutAPassword() {
        redis.awaitAnswer("ACL SETUSER default resetpass >other", "OK");
        try {
            ApplicationContextRunner without = Contexts.redis()
                    .withPropertyValues(
                            "spring.data.redis.port=" + redis.port(), "reverse-rate-limiter.store-timeout=10s");
            isStopped(without, "NOAUTH", "spring.data.redis.username");
        } finally {
            redis.answer("AUTH other\r\nACL SETUSER default nopass", Pattern.compile("OK\r\n\\+OK"));
        }
    }

    /** Lettuce sometimes stumbles over a connection that is closed while it shakes hands, and does not tell why: as if Redis were away. */
    private static void isStopped(ApplicationContextRunner application, String... told) {
        await().untilAsserted(() -> application.run(context -> {
            assertThat(context).hasFailed();
            assertThat(Analyses.of(context.getStartupFailure())).contains(told);
        }));
    }

    /** Over connections of its own, and of the application. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.data.redis.client-type=lettuce",
                "spring.data.redis.client-type=jedis",
                "spring.data.redis.lettuce.read-from=upstream"
            })
    void stopsTheStartInADatabaseThatIsNotThere(String client) {
        ApplicationContextRunner there = Contexts.redis()
                .withPropertyValues(
                        client,
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.database=99",
                        "reverse-rate-limiter.store-timeout=10s");
        isStopped(there, "DB index is out of range", "correct spring.data.redis.database");
    }

    private static ApplicationContextRunner withHealth(ApplicationContextRunner application) {
        return application.withBean(StoreHealth.class, () -> new StoreHealth(OnStoreFailure.ALLOW, List.of()));
    }

    private static Map<String, Object> details(ApplicationContext context) {
        return context.getBean(StoreHealth.class).details();
    }

    @Test
    void doesNotStopTheStartWhereRedisIsAwayAndHealthTellsSoAtOnce() {
        withHealth(Contexts.redis()).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(warnings.texts()).singleElement().asString().contains("Redis could not be tried at the start");
            assertThat(details(context)).containsEntry("state", "degraded").containsEntry("reason", "connection");
        });
    }

    @Test
    void healthIsUpWhenOneCallWasDecidedThoughTheTestHadFailed() {
        redis.freeze();
        try {
            withHealth(application())
                    .withPropertyValues("reverse-rate-limiter.store-timeout=250ms")
                    .run(context -> {
                        assertThat(details(context))
                                .containsEntry("state", "degraded")
                                .containsEntry("reason", "timeout");

                        redis.thaw();
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                        await().until(() -> limiter.tryAcquire("acme", RateLimit.of(1_000, Duration.ofHours(1)))
                                instanceof Acquisition.Granted);
                        assertThat(details(context))
                                .containsEntry("state", "up")
                                .doesNotContainKey("reason");
                    });
        } finally {
            redis.thaw();
            redis.awaitAnswer("PING", "PONG");
        }
    }

    @Test
    void doesNotHoldUpTheStartWhereRedisHangs() {
        redis.freeze();
        try {
            application()
                    .withPropertyValues("reverse-rate-limiter.store-timeout=250ms")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(warnings.texts()).singleElement().asString().contains("250ms");
                    });
        } finally {
            redis.thaw();
            redis.awaitAnswer("PING", "PONG");
        }
    }

    @Test
    void canBeTurnedOff() {
        user(RIGHTS + " -pexpire");

        application()
                .withPropertyValues("reverse-rate-limiter.self-test=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void isOfNoOtherStore() {
        Contexts.redis().withBean(CreditStore.class, InMemoryCreditStore::new).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(warnings.texts()).isEmpty();
        });
    }

    @Test
    void isNotMadeWhereLimitingIsSwitchedOff() {
        Contexts.redis()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(warnings.texts()).isEmpty();
                });
    }

    @Test
    void leavesOneKeyForSomeSeconds() {
        try (RedisServer server = RedisServer.start();
                LettuceScriptExecutor admin = server.executor()) {
            Contexts.redis(server)
                    .withPropertyValues("reverse-rate-limiter.store-timeout=10s")
                    .run(context -> {
                        List<byte[]> keys = admin.commands()
                                .scan(ScanArgs.Builder.limit(1_000))
                                .getKeys();
                        assertThat(keys).singleElement().satisfies(key -> {
                            assertThat(new String(key, StandardCharsets.UTF_8)).startsWith("rrl::self-test:");
                            assertThat(admin.commands().pttl(key)).isBetween(1L, 12_000L);
                        });
                    });
        }
    }

    @Test
    void warnsOfAPolicyThatEvicts() {
        user(RIGHTS + " +info");
        memory("100mb", "volatile-lru");
        try {
            application()
                    .run(context -> await().untilAsserted(() -> assertThat(warnings.texts())
                            .singleElement()
                            .asString()
                            .contains("volatile-lru", "noeviction")));
        } finally {
            memory("0", "noeviction");
        }
    }

    /** Also when calls are made, and connections are lost. */
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void looksOnceWhetherRedisEvicts(String client) {
        user(RIGHTS + " +info");
        memory("100mb", "volatile-lru");
        redis.awaitAnswer("CONFIG RESETSTAT", "OK");
        try {
            application()
                    .withPropertyValues("spring.data.redis.client-type=" + client)
                    .run(context -> {
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                        for (int i = 0; i < 3; i++) {
                            await().untilAsserted(() -> assertThat(
                                            limiter.tryAcquire("acme", RateLimit.of(100, Duration.ofHours(1))))
                                    .isInstanceOf(Acquisition.Granted.class));
                            redis.answer("CLIENT KILL TYPE normal", Pattern.compile(":[1-9]"));
                        }
                        await().untilAsserted(() -> assertThat(warnings.texts())
                                .anySatisfy(line -> assertThat(line).contains("volatile-lru")));

                        assertThat(redis.answer("INFO commandstats", Pattern.compile("cmdstat_info:calls=(\\d+),"))
                                        .group(1))
                                .isEqualTo("1");
                        assertThat(warnings.texts())
                                .filteredOn(line -> line.contains("volatile-lru"))
                                .hasSize(1);
                    });
        } finally {
            memory("0", "noeviction");
        }
    }

    private static void memory(String most, String policy) {
        redis.awaitAnswer("CONFIG SET maxmemory-policy " + policy, "OK");
        redis.awaitAnswer("CONFIG SET maxmemory " + most, "OK");
    }
}
