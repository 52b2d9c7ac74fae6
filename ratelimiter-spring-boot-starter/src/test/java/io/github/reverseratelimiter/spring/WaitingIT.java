package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.redis.OwnRedis;
import io.lettuce.core.ScanArgs;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What retries and maxWait mean, counted in trips to a real Redis of our own. */
class WaitingIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    @BeforeEach
    void forgetWhatWasCounted() {
        REDIS.commands().flushall();
        REDIS.commands().configResetstat();
    }

    @AfterEach
    void everyKeyHasATtl() {
        assertThat(REDIS.commands().scan(ScanArgs.Builder.limit(1_000)).getKeys())
                .allSatisfy(key -> assertThat(REDIS.commands().pttl(key)).isPositive());
    }

    @Test
    void oneCallIsOneTrip() {
        with((client, trips) -> {
            client.once();

            assertThat(trips.count()).isEqualTo(1);
        });
    }

    @Test
    void neitherMeansOneAttempt() {
        with((client, trips) -> {
            client.once();
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(client::once);

            assertThat(trips.count()).isEqualTo(2);
        });
    }

    @Test
    void attemptsAreOneMoreThanRetries() {
        with((client, trips) -> {
            client.retries();
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(client::retries);

            assertThat(trips.count()).isEqualTo(1 + (1 + 3));
        });
    }

    @Test
    void retriesStopAtTheFirstGrant() {
        with((client, trips) -> {
            client.retriesAsTold();
            client.retriesAsTold();

            assertThat(trips.count()).isEqualTo(1 + 2);
        });
    }

    @Test
    void maxWaitEndsRetriesThatWouldTakeLonger() {
        with((client, trips) -> {
            client.retriesButNotForLong();
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(client::retriesButNotForLong);

            assertThat(trips.count()).isEqualTo(1 + 1);
        });
    }

    @Test
    void aWaitIsOneTrip() {
        with((client, trips) -> {
            client.waits();
            client.waits();
            client.waits();

            assertThat(trips.count()).isEqualTo(3);
        });
    }

    @Test
    void aWaitThatCannotFitIsRefusedAtOnce() {
        with((client, trips) -> {
            client.waitsTooShort();

            RateLimitExceededException e =
                    catchThrowableOfType(RateLimitExceededException.class, client::waitsTooShort);

            assertThat(e.reason()).isEqualTo(Acquisition.Reason.WAIT_TOO_LONG);
            assertThat(e.retryAfter()).isGreaterThan(Duration.ofMinutes(59));
            assertThat(trips.count()).isEqualTo(2);
        });
    }

    @Test
    void anInterruptedWaitThrowsWithTheFlagStillSet() {
        with((client, trips) -> {
            client.waitsLong();
            Thread.currentThread().interrupt();

            assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(client::waitsLong);

            assertThat(Thread.interrupted()).isTrue();
        });
    }

    /** With a margin so wide that no grant comes too late for it on a busy machine: that would cost two trips more. */
    private static void with(BiConsumer<Client, Trips> test) {
        Contexts.redis(REDIS.server())
                .withPropertyValues(
                        "reverse-rate-limiter.store-timeout=10s",
                        "reverse-rate-limiter.margin=10s",
                        "reverse-rate-limiter.remember-denials=0ms")
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    client.warmUp();
                    REDIS.commands().configResetstat();
                    test.accept(client, new Trips());
                });
    }

    /** EVALSHA calls since the test began. */
    private static final class Trips {

        long count() {
            return REDIS.calls("evalsha");
        }
    }

    static class Client {

        @ReverseRateLimited(key = "'warm-up'", limit = 1_000, window = "1h")
        public void warmUp() {}

        @ReverseRateLimited(limit = 1, window = "1h")
        public void once() {}

        @ReverseRateLimited(limit = 1, window = "1h", retries = 3, retryInterval = "1ms")
        public void retries() {}

        @ReverseRateLimited(limit = 1, window = "300ms", retries = 5)
        public void retriesAsTold() {}

        @ReverseRateLimited(limit = 1, window = "1h", retries = 5, retryInterval = "1m", maxWait = "1s")
        public void retriesButNotForLong() {}

        @ReverseRateLimited(limit = 1, window = "300ms", maxWait = "5s")
        public void waits() {}

        @ReverseRateLimited(limit = 1, window = "1h", maxWait = "5s")
        public void waitsTooShort() {}

        @ReverseRateLimited(limit = 1, window = "1h", maxWait = "2h")
        public void waitsLong() {}
    }
}
