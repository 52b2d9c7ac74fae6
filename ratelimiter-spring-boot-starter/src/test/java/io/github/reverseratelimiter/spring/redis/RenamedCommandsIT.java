package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Analyses;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.redis.Reasons.Client;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A Redis without commands that the limiter needs, as some hosts have it (FAULTS row 60): {@code rename-command}. */
class RenamedCommandsIT {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofHours(1));
    private static final RateLimit ONE = RateLimit.of(1, Duration.ofMinutes(1));
    private static final String REMEDY = "none of them renamed";

    private FragileRedis redis;

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    static Stream<Arguments> isFoundByTheSelfTest() {
        return Client.each("EVALSHA", "EVAL", "GETRANGE", "SETRANGE", "PEXPIRE", "EXISTS");
    }

    /** EVAL, because a server that has just started does not know the script yet. */
    @ParameterizedTest
    @MethodSource
    void isFoundByTheSelfTest(Client client, String command) {
        redis = FragileRedis.start("rename-command " + command + " other");
        Reasons reasons = new Reasons();
        ApplicationContextRunner application = reasons.listenTo(client.use(Contexts.redis()))
                .withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "reverse-rate-limiter.store-timeout=10s",
                        "reverse-rate-limiter.on-store-failure=allow");

        application.run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                .contains("self-test", "nknown", "ommand", command, REMEDY, "reverse-rate-limiter.self-test")
                .doesNotContain("self-test:"));

        application.withPropertyValues("reverse-rate-limiter.self-test=false").run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

            assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(() -> {
                        CreditRequest request = CreditRequest.of("acme", FIVE);
                        limiter.acquire(request);
                        // Changes the state that is there by now, and has it live longer.
                        limiter.acquire(request.margin(Duration.ofMinutes(30)));
                        // Looks whether a new key is somebody else's.
                        limiter.acquire(CreditRequest.of("other acme", FIVE, ONE));
                    })
                    .withMessageContaining(REMEDY)
                    .satisfies(e -> {
                        assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_COMMAND);
                        assertThat(e).hasMessageNotContaining("acme");
                    });
            reasons.assertOne(Reason.UNKNOWN_COMMAND, "none", REMEDY);
        });
    }
}
