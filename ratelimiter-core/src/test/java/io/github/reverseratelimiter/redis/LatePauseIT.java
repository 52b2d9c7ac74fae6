package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.time.ManualTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pause that reaches Redis late ends when it should have ended, to within a second (FAULTS row 3). */
class LatePauseIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final RateLimit MANY = RateLimit.of(1_000, Duration.ofHours(1));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final SteppedClock clock = new SteppedClock(time);
    private final LettuceScriptExecutor wire = REDIS.server().executor();
    private final CreditKey key = new CreditKey("", UUID.randomUUID().toString());
    private Duration delay = Duration.ZERO;
    private final RedisCreditStore store = new RedisCreditStore(new Slow(), "rrl:", time, () -> 0);

    /** Hands the time of its arrival to the script. */
    private final class Slow implements RedisScriptExecutor {

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            time.advance(delay);
            delay = Duration.ZERO;
            ByteBuffer.wrap(arguments[0]).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, (double) clock.micros());
            return wire.execute(script, keys, arguments);
        }

        @Override
        public void close() {
            wire.close();
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void countsFromTheTimeItWasAskedForWhenItComesLate() {
        take();
        delay = Duration.ofSeconds(20);
        pause(MINUTE);

        assertThat(left())
                .isBetween(Duration.ofSeconds(40), Duration.ofSeconds(41).plusMillis(1));
    }

    @Test
    void doesNothingWhenItComesAfterItsEnd() {
        take();
        delay = Duration.ofSeconds(62);
        pause(MINUTE);

        assertThat(take()).isInstanceOf(Decision.Taken.class);
    }

    @Test
    void isAsLongAsAskedForWhenItComesInTime() {
        take();
        delay = Duration.ofMillis(900);
        pause(MINUTE);

        assertThat(left()).isEqualTo(MINUTE);
    }

    @Test
    void isAsLongAsAskedForWhenTheClockOfRedisWasSet() {
        take();
        clock.ahead = Duration.ofHours(1);
        pause(MINUTE);
        assertThat(left()).isEqualTo(MINUTE);

        clock.ahead = Duration.ZERO;
        pause(MINUTE.multipliedBy(2));

        assertThat(left()).isEqualTo(MINUTE.multipliedBy(2));
    }

    @Test
    void isAsLongAsAskedForWhenNothingIsKnownOfTheClock() {
        pause(MINUTE);

        assertThat(left()).isEqualTo(MINUTE);
    }

    @Test
    void ofARedisThatStoodStillEndsWhenItShould() {
        CreditRequest request = CreditRequest.of("acme", MANY);
        Duration frozen = Duration.ofMillis(2_500);
        try (FragileRedis redis = FragileRedis.start();
                ReverseRateLimiter limiter =
                        ReverseRateLimiter.create(new RedisCreditStore(redis.executor(), "rrl:"))) {
            assertThat(limiter.acquire(request)).isInstanceOf(Granted.class);
            redis.freeze();
            long asked = System.nanoTime();
            assertThat(limiter.pause(new CreditKey("", "acme"), MINUTE)).failsWithin(Duration.ofSeconds(5));
            await().until(() -> System.nanoTime() - asked > frozen.toNanos());
            redis.thaw();

            Acquisition answer = await().until(
                            () -> limiter.acquire(request),
                            each -> each instanceof Acquisition.Denied denied
                                    && denied.reason() == Acquisition.Reason.PAUSED);

            Duration end = answer.retryAfter().plusNanos(System.nanoTime() - asked);
            assertThat(end).isGreaterThanOrEqualTo(MINUTE);
            // What this JVM stood still between the answer and now is not the pause's.
            assertThat(answer.retryAfter())
                    .isLessThanOrEqualTo(MINUTE.plus(SECOND).plusMillis(100).minus(frozen));
        }
    }

    private void pause(Duration duration) {
        store.pause(key, duration).toCompletableFuture().join();
    }

    private Decision take() {
        return reply().decisions().get(0);
    }

    private Duration left() {
        Reply reply = reply();
        return Duration.ofNanos((reply.decisions().get(0).at() - reply.now()) * 1_000);
    }

    private Reply reply() {
        List<Request> wish = List.of(new Request(1, 0, Request.newId()));
        return store.take(new Call(key, List.of(MANY), Duration.ZERO, wish, Duration.ofDays(1)))
                .toCompletableFuture()
                .join();
    }
}
