package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A refusal that is believed without asking Redis is stale for as long as it may be, and no longer (issue 6): two instances. */
@ExtendWith(RedisServer.class)
@Timeout(60)
class KnownDenialsIT {

    /** So long that no pause of the machine outlasts it. */
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private final RedisServer server;
    private final CreditRequest request =
            CreditRequest.of("known denials " + System.nanoTime(), RateLimit.of(1, Duration.ofHours(1)));
    private final ReverseRateLimiter other;

    KnownDenialsIT(RedisServer server) {
        this.server = server;
        this.other = limiter(Duration.ZERO);
    }

    private ReverseRateLimiter limiter(Duration rememberDenials) {
        return ReverseRateLimiter.builder(new RedisCreditStore(server.executor(), "known:"))
                .storeTimeout(Duration.ofSeconds(5))
                .rememberDenials(rememberDenials)
                .build();
    }

    @AfterEach
    void close() {
        other.close();
    }

    /** The other instance takes the credit, this one is denied, the other gives it back: when this one was denied. */
    private long deniedUntilTheOtherGaveBack(ReverseRateLimiter one) {
        Granted granted = (Granted) other.acquire(request);
        assertThat(one.acquire(request)).isInstanceOf(Denied.class);
        long denied = System.nanoTime();
        assertThat(other.refund(granted).join()).isEqualTo(1);
        return denied;
    }

    @Test
    void whatAnotherInstanceGivesBackIsSeenWhenTheRefusalIsForgotten() throws InterruptedException {
        try (ReverseRateLimiter one = limiter(REMEMBERED)) {
            long denied = deniedUntilTheOtherGaveBack(one);
            Acquisition meanwhile = one.acquire(request);
            long asked = System.nanoTime();
            while (System.nanoTime() - denied < REMEMBERED.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }

            if (asked - denied < REMEMBERED.toNanos() / 2) { // else the machine stood still, and it is no matter
                assertThat(meanwhile).isInstanceOf(Denied.class);
            }
            assertThat(one.acquire(request)).isInstanceOf(Granted.class);
        }
    }

    @Test
    void whoBelievesNothingSeesItAtOnce() {
        try (ReverseRateLimiter one = limiter(Duration.ZERO)) {
            deniedUntilTheOtherGaveBack(one);

            assertThat(one.acquire(request)).isInstanceOf(Granted.class);
        }
    }
}
