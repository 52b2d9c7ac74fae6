package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.Warnings;
import io.github.reverseratelimiter.spring.redis.Reasons.Client;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a real Redis says while it cannot, or will not, and what becomes of calls (FAULTS rows 19, 20, 22, 29, 31, 49-51). */
class ReasonsIT {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofHours(1));

    @TempDir
    private static Path directory;

    private static FragileRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start(
                "lua-time-limit 50",
                "dir " + directory,
                "rdbcompression no",
                "loading-process-events-interval-bytes 1024",
                "user app on >secret ~* +@all");
        redis.send("RPUSH rrl::foreign mine");
        // Enough that it takes a while to load them, if each takes its time.
        redis.send("DEBUG POPULATE 1000 some 1000");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    /** It passes by itself, or with Redis' health. */
    enum Passing {
        READ_ONLY("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "name the master"),
        MASTER_DOWN("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "name the master"),
        NO_REPLICAS(
                "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "min-replicas-to-write"),
        OUT_OF_MEMORY("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "raise maxmemory"),
        LOADING("DEBUG RELOAD", "CONFIG SET key-load-delay 0", "it has started"),
        BUSY("EVAL \"while true do end\" 0", "SCRIPT KILL", "SCRIPT KILL");

        private final String begin;
        private final String end;
        private final String remedy;

        Passing(String begin, String end, String remedy) {
            this.begin = begin;
            this.end = end;
            this.remedy = remedy;
        }

        void begin() {
            redis.awaitAnswer("CONFIG SET replica-serve-stale-data " + (this == MASTER_DOWN ? "no" : "yes"), "OK");
            redis.awaitAnswer("CONFIG SET key-load-delay " + (this == LOADING ? "20000" : "0"), "OK");
            redis.send(begin);
            if (this == LOADING) {
                redis.awaitAnswer("PING", "LOADING");
            }
        }

        void end() {
            redis.awaitAnswer(end, "OK|NOTBUSY");
            redis.awaitAnswer("PING", "PONG");
        }
    }

    static Stream<Arguments> followsThePolicyWhileRedisCannot() {
        return Client.each((Object[]) Passing.values());
    }

    @ParameterizedTest
    @MethodSource
    void followsThePolicyWhileRedisCannot(Client client, Passing trouble) {
        Reasons reasons = new Reasons();
        String key = client + "-" + trouble;
        application(client, reasons)
                .withPropertyValues("reverse-rate-limiter.on-store-failure=allow")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    trouble.begin();
                    try {
                        assertThat(limiter.tryAcquire(key, FIVE))
                                .isInstanceOfSatisfying(
                                        Granted.class,
                                        granted -> assertThat(granted.basis()).hasToString("policy"));
                        reasons.assertOne(Reason.valueOf(trouble.name()), "allow", trouble.remedy);
                    } finally {
                        trouble.end();
                    }
                    await().untilAsserted(() -> assertThat(limiter.tryAcquire(key, FIVE))
                            .isInstanceOfSatisfying(
                                    Granted.class,
                                    granted -> assertThat(granted.basis()).hasToString("store")));
                });
    }

    /** The self-test finds it, and says what it is; but the start goes on. */
    @ParameterizedTest
    @EnumSource
    void startsWhileRedisCannot(Passing trouble) {
        trouble.begin();
        try (Warnings warnings = Warnings.ofAll()) {
            application(Client.LETTUCE, new Reasons())
                    .withPropertyValues("reverse-rate-limiter.self-test=true")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(warnings.texts())
                                .singleElement()
                                .asString()
                                .contains("Redis could not be tried at the start", trouble.remedy);
                    });
        } finally {
            trouble.end();
        }
    }

    /** It lasts until somebody changes something. */
    enum Lasting {
        NO_RIGHT_OF_THE_SCRIPT(Reason.ACCESS, "ACL SETUSER app -pexpire -set", "+pexpire"),
        NO_RIGHT_TO_RUN_IT(Reason.ACCESS, "ACL SETUSER app -evalsha", "+evalsha"),
        OTHER_KEYS(Reason.ACCESS, "ACL SETUSER app resetkeys ~other:*", "key-prefix"),
        ANOTHERS_KEY(Reason.FOREIGN_KEY, "PING", "key-prefix"),
        WRONG_PASSWORD(Reason.AUTHENTICATION, "ACL SETUSER app resetpass >changed", "spring.data.redis.username"),
        USER_GONE(Reason.AUTHENTICATION, "ACL DELUSER app", "spring.data.redis.username");

        private final Reason reason;
        private final String begin;
        private final String remedy;

        Lasting(Reason reason, String begin, String remedy) {
            this.reason = reason;
            this.begin = begin;
            this.remedy = remedy;
        }

        void begin() {
            redis.send(begin);
        }

        void end() {
            redis.awaitAnswer("ACL SETUSER app reset on >secret ~* +@all", "OK");
        }
    }

    static Stream<Arguments> failsClearlyWhereRedisRefuses() {
        return Client.each((Object[]) Lasting.values());
    }

    @ParameterizedTest
    @MethodSource
    void failsClearlyWhereRedisRefuses(Client client, Lasting trouble) {
        Reasons reasons = new Reasons();
        trouble.begin();
        try {
            application(client, reasons)
                    .withPropertyValues(
                            "spring.data.redis.username=app",
                            "spring.data.redis.password=secret",
                            "reverse-rate-limiter.on-store-failure=allow")
                    .run(context -> {
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

                        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                                .isThrownBy(() ->
                                        limiter.tryAcquire(trouble == Lasting.ANOTHERS_KEY ? "foreign" : "acme", FIVE))
                                .withMessageContaining(trouble.remedy)
                                .satisfies(e -> assertThat(e.reason()).isEqualTo(trouble.reason));
                        reasons.assertOne(trouble.reason, "none", trouble.remedy);
                    });
        } finally {
            trouble.end();
        }
    }

    /** FAULTS row 50: somebody has mistyped the number. */
    @ParameterizedTest
    @EnumSource
    void failsClearlyInADatabaseThatIsNotThere(Client client) {
        Reasons reasons = new Reasons();
        application(client, reasons)
                .withPropertyValues("spring.data.redis.database=99", "reverse-rate-limiter.on-store-failure=allow")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

                    assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                            .isThrownBy(() -> limiter.tryAcquire("acme", FIVE));
                    reasons.assertOne(Reason.DATABASE, "none", "spring.data.redis.database");
                });
    }

    /** FAULTS row 32: by the policy, by the meter, and by a line of the log that speaks of some keys only. */
    @ParameterizedTest
    @EnumSource
    void tellsThatANewerVersionWroteAKey(Client client) {
        redis.awaitAnswer("SET rrl::newer-" + client + " \"R\\x02\\x01\\x00\"", "OK");
        Reasons reasons = new Reasons();
        application(client, reasons)
                .withPropertyValues("reverse-rate-limiter.on-store-failure=allow")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    try (Warnings warnings = Warnings.ofAll()) {
                        assertThat(limiter.tryAcquire("newer-" + client, FIVE)).isInstanceOf(Granted.class);

                        reasons.assertOne(Reason.FORMAT, "allow", "a newer version wrote that key");
                        assertThat(warnings.texts())
                                .singleElement()
                                .asString()
                                .startsWith("The store does not decide about some keys; ")
                                .contains("a newer version wrote that key")
                                .doesNotContain("newer-");
                    }
                });
    }

    private static ApplicationContextRunner application(Client client, Reasons reasons) {
        return reasons.listenTo(client.use(Contexts.redis()))
                .withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "reverse-rate-limiter.store-timeout=5s",
                        "reverse-rate-limiter.self-test=false");
    }
}
