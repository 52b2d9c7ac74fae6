package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.redis.Reasons.Client;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ApplicationContext;

/** FAULTS row 51: the password is changed, or the user deleted, while the application runs. */
class LetInAgainIT {

    private static final RateLimit MANY = RateLimit.of(1_000_000, Duration.ofHours(1));
    private static final String USER = "ACL SETUSER app reset on >secret ~* +@all";
    private static FragileRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = FragileRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    private static void run(Client client, ContextConsumer<ApplicationContext> test) {
        redis.awaitAnswer(USER, "OK");
        ApplicationContextRunner application = client.use(Contexts.redis())
                .withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.username=app",
                        "spring.data.redis.password=secret",
                        "reverse-rate-limiter.on-store-failure=allow");
        application.run(context -> {
            await().until(() -> isGrantedByTheStore(context));
            test.accept(context);
        });
    }

    private static boolean isGrantedByTheStore(ApplicationContext context) {
        return answer(context) instanceof Granted granted && granted.basis() instanceof Acquisition.Basis.Store;
    }

    private static Acquisition answer(ApplicationContext context) {
        try {
            return context.getBean(ReverseRateLimiter.class).tryAcquire("acme", MANY);
        } catch (CreditStoreMisconfiguredException e) {
            return new Acquisition.Denied(Duration.ZERO, Acquisition.Denied.Reason.STORE_UNAVAILABLE, 0);
        }
    }

    private static @Nullable Reason reason(ApplicationContext context) {
        try {
            context.getBean(ReverseRateLimiter.class).tryAcquire("acme", MANY);
            return null;
        } catch (CreditStoreException e) {
            return e.reason();
        }
    }

    /** Redis closes the connection, and refuses the next one. */
    @ParameterizedTest
    @EnumSource
    void aDeletedUserIsAClearErrorAndIsServedASecondAfterItIsBack(Client client) {
        run(client, context -> {
            redis.awaitAnswer("ACL DELUSER app", ":1");
            await().untilAsserted(() -> assertThat(reason(context)).isEqualTo(Reason.AUTHENTICATION));

            redis.awaitAnswer(USER, "OK");
            servedWithinASecond(context);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aChangedPasswordIsNoMatterUntilTheConnectionIsLost(Client client) {
        run(client, context -> {
            redis.awaitAnswer("ACL SETUSER app resetpass >changed", "OK");
            assertThat(isGrantedByTheStore(context)).isTrue();

            redis.answer("CLIENT KILL USER app", java.util.regex.Pattern.compile(":[1-9]"));
            await().untilAsserted(() -> assertThat(reason(context)).isEqualTo(Reason.AUTHENTICATION));

            redis.awaitAnswer(USER, "OK");
            servedWithinASecond(context);
        });
    }

    private static void servedWithinASecond(ApplicationContext context) {
        try (Stalls stalls = new Stalls()) {
            long begin = System.nanoTime();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> isGrantedByTheStore(context));
            Duration took = Duration.ofNanos(System.nanoTime() - begin).minus(stalls.total());
            assertThat(took).isLessThan(Duration.ofSeconds(1));
        }
    }
}
