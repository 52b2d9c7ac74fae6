package io.github.reverseratelimiter.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FAULTS row 6: the way to a real Redis becomes so slow that replies come just in time, and credits too late. A decision
 * ends in its time all the same, and is the declared one.
 */
@Timeout(60)
class SlowWireIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration EACH_WAY = Duration.ofMillis(440);
    private static final CreditRequest CALL = CreditRequest.of("slow-wire", RateLimit.of(1_000, Duration.ofHours(1)));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDecisionEndsInItsTimeWhereRepliesAreNearlyTooLate(boolean async) {
        try (Proxy wire = Proxy.to(URI.create(REDIS.server().uri()).getPort());
                LettuceScriptExecutor executor = LettuceScriptExecutor.to(RedisServer.uri(wire.port()));
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "rrl:"))
                        .storeTimeout(STORE_TIMEOUT)
                        .onStoreFailure(OnStoreFailure.ALLOW)
                        .build()) {
            await().atMost(30, SECONDS).until(() -> isOfTheStore(limiter.acquire(CALL)));
            for (int i = 0; i < 20; i++) {
                limiter.acquire(CALL);
            }
            wire.delay(EACH_WAY);
            Function<CreditRequest, CompletableFuture<Acquisition>> ask = async
                    ? limiter::acquireAsync
                    : request -> CompletableFuture.completedFuture(limiter.acquire(request));

            long begun = System.nanoTime();
            Acquisition answer = ask.apply(CALL).join();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);

            assertThat(answer).isInstanceOf(Granted.class);
            assertThat(took).isLessThan(STORE_TIMEOUT.plus(EACH_WAY));
            await().atMost(30, SECONDS).until(() -> isOfTheStore(ask.apply(CALL).join()));
        }
    }

    private static boolean isOfTheStore(Acquisition answer) {
        return answer instanceof Granted granted && granted.basis() instanceof Basis.Store;
    }
}
