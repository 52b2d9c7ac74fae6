package io.github.reverseratelimiter.redis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Redis so far away that nobody may wait for the trip of another: each is answered by one trip all the
 * same (FAULTS row 8). */
@Timeout(60)
class FarAwayIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(4);
    private static final RateLimit LIMIT = RateLimit.of(100_000, Duration.ofHours(1));

    /** Each way takes so long, however many are on it. */
    private record FarAway(RedisScriptExecutor near, Executor way, AtomicInteger trips) implements RedisScriptExecutor {

        FarAway(RedisScriptExecutor near, Duration eachWay) {
            this(near, CompletableFuture.delayedExecutor(eachWay.toMillis(), MILLISECONDS), new AtomicInteger());
        }

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            trips.incrementAndGet();
            return CompletableFuture.supplyAsync(() -> near.execute(script, keys, arguments), way)
                    .thenCompose(answer -> answer)
                    .thenApplyAsync(answer -> answer, way);
        }

        @Override
        public void close() {
            near.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, false", "4, true", "200, true"})
    void callersOfOneKeyAreAllAnswered(int callers, boolean async) throws Exception {
        FarAway far = new FarAway(REDIS.server().executor(), Duration.ofMillis(1_100));
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(far, "rrl:"))
                .storeTimeout(STORE_TIMEOUT)
                .build()) {
            // As the self-test at the start is.
            limiter.acquire(request("first"));
            CreditRequest call = request("key of " + callers);
            Supplier<CompletableFuture<Acquisition>> ask = async
                    ? () -> limiter.acquireAsync(call)
                    : () -> CompletableFuture.supplyAsync(
                            () -> limiter.acquire(call), task -> new Thread(task).start());

            far.trips.set(0);
            List<CompletableFuture<Acquisition>> asked = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                asked.add(ask.get());
            }

            for (CompletableFuture<Acquisition> each : asked) {
                assertThat(each.get(30, SECONDS))
                        .isInstanceOfSatisfying(
                                Granted.class,
                                granted -> assertThat(granted.basis()).isInstanceOf(Basis.Store.class));
            }
            assertThat(far.trips).as("no caller asks again").hasValueLessThanOrEqualTo(callers + 1);
        }
    }

    private static CreditRequest request(String key) {
        // On a busy machine a credit may wait for its thread; it is not what is shown here that it was late.
        return CreditRequest.of(key, LIMIT).margin(Duration.ofSeconds(5));
    }
}
