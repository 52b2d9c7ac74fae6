package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a real Redis says while it cannot, or will not, and what becomes of calls (FAULTS rows 19, 20, 22, 29, 31, 49-51). */
class ReasonsIT {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofHours(1));
    private static FragileRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start("lua-time-limit 50", "user app on >secret ~* +@all");
        redis.send("RPUSH rrl::foreign mine");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    /** It passes by itself, or with Redis' health. */
    enum Passing {
        READ_ONLY("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        MASTER_DOWN("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        NO_REPLICAS("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
        OUT_OF_MEMORY("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        BUSY("EVAL \"while true do end\" 0", "SCRIPT KILL");

        private final String begin;
        private final String end;

        Passing(String begin, String end) {
            this.begin = begin;
            this.end = end;
        }

        void begin() {
            redis.awaitAnswer("CONFIG SET replica-serve-stale-data " + (this == MASTER_DOWN ? "no" : "yes"), "OK");
            redis.send(begin);
        }

        void end() {
            redis.awaitAnswer(end, "OK|NOTBUSY");
            redis.awaitAnswer("PING", "PONG");
        }
    }

    @ParameterizedTest
    @EnumSource
    void followsThePolicyWhileRedisCannot(Passing trouble) {
        Heard heard = new Heard();
        Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "reverse-rate-limiter.store-timeout=5s",
                        "reverse-rate-limiter.on-store-failure=allow")
                .withBean(RateLimiterListener.class, () -> heard)
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    trouble.begin();
                    try {
                        Acquisition answer = limiter.tryAcquire(trouble.name(), FIVE);

                        assertThat(answer)
                                .isInstanceOfSatisfying(
                                        Granted.class,
                                        granted -> assertThat(granted.basis()).hasToString("policy"));
                        assertThat(heard.reasons).containsExactly(Reason.valueOf(trouble.name()));
                        assertThat(heard.policies).containsExactly(OnStoreFailure.ALLOW);
                    } finally {
                        trouble.end();
                    }
                    await().untilAsserted(() -> assertThat(limiter.tryAcquire(trouble.name(), FIVE))
                            .isInstanceOfSatisfying(
                                    Granted.class,
                                    granted -> assertThat(granted.basis()).hasToString("store")));
                });
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

    @ParameterizedTest
    @EnumSource
    void failsClearlyWhereRedisRefuses(Lasting trouble) {
        trouble.begin();
        try {
            Contexts.redis()
                    .withPropertyValues(
                            "spring.data.redis.port=" + redis.port(),
                            "spring.data.redis.username=app",
                            "spring.data.redis.password=secret",
                            "reverse-rate-limiter.store-timeout=5s",
                            "reverse-rate-limiter.self-test=false",
                            "reverse-rate-limiter.on-store-failure=allow")
                    .run(context -> {
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

                        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                                .isThrownBy(() ->
                                        limiter.tryAcquire(trouble == Lasting.ANOTHERS_KEY ? "foreign" : "acme", FIVE))
                                .withMessageContaining(trouble.remedy)
                                .satisfies(e -> assertThat(e.reason()).isEqualTo(trouble.reason));
                    });
        } finally {
            trouble.end();
        }
    }

    private static final class Heard implements RateLimiterListener {

        final List<Reason> reasons = new CopyOnWriteArrayList<>();
        final List<OnStoreFailure> policies = new CopyOnWriteArrayList<>();

        @Override
        public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
            reasons.add(cause.reason());
            policies.add(policy);
        }
    }
}
