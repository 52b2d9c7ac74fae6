package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** FAULTS row 5: a client that sends again what was not answered, as Lettuce does, charges nobody twice. */
class ReplayIT {

    private static final int TAKES = 5;
    /** So many do not wait for a trip that is under way. */
    private static final int TOGETHER = Line.WORTH_A_TRIP;

    private static final Pattern EVALSHA = Pattern.compile("cmdstat_evalsha:calls=(\\d+),");
    private static final RateLimit LIMIT = RateLimit.of(1_000, Duration.ofHours(1));
    private static final CreditRequest REQUEST = CreditRequest.of("acme", LIMIT);

    /** By which Redis is near, however slow this machine is: else callers would travel alone. */
    private static final TimeSource NEAR = () -> System.nanoTime() / 1_000;

    private interface Body {
        void run(FragileRedis redis, Proxy proxy, ReverseRateLimiter limiter);
    }

    private static void with(Body body) {
        try (FragileRedis redis = FragileRedis.start();
                Proxy proxy = Proxy.to(redis.port())) {
            RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
            LettuceScriptExecutor executor = new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
            try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(
                            new RedisCreditStore(executor, "replay:", NEAR, () -> 0))
                    .storeTimeout(Duration.ofSeconds(10))
                    .margin(Duration.ofHours(1))
                    .build()) {
                assertThat(limiter.acquire(REQUEST)).isInstanceOf(Acquisition.Granted.class);
                body.run(redis, proxy, limiter);
            }
        }
    }

    private static List<CompletableFuture<Acquisition>> ask(
            ReverseRateLimiter limiter, int number, IntFunction<String> key) {
        return IntStream.range(0, number)
                .mapToObj(i -> limiter.acquireAsync(CreditRequest.of(key.apply(i), LIMIT)))
                .toList();
    }

    private static void awaitTrips(FragileRedis redis, int trips) {
        await().until(() -> redis.answer("INFO commandstats", EVALSHA).group(1).equals("" + trips));
    }

    private static void answerAgain(Proxy proxy) {
        proxy.fault(Proxy.Fault.NONE);
        proxy.cut(Proxy.Cut.FIN);
    }

    @Test
    void chargesOnceWhatIsSentTwice() {
        with((redis, proxy, limiter) -> {
            proxy.fault(Proxy.Fault.LOSE_ANSWERS);
            List<CompletableFuture<Acquisition>> takes = ask(limiter, TAKES, i -> "user " + i);
            awaitTrips(redis, 1 + TAKES);

            answerAgain(proxy);

            assertThat(takes)
                    .allSatisfy(take -> assertThat(take).succeedsWithin(Duration.ofSeconds(10)))
                    .allSatisfy(take -> assertThat(take.join())
                            .isInstanceOfSatisfying(
                                    Acquisition.Granted.class,
                                    granted -> assertThat(granted.remaining()).isEqualTo(LIMIT.limit() - 1)));
            for (int i = 0; i < TAKES; i++) {
                assertThat(limiter.acquire(CreditRequest.of("user " + i, LIMIT)).remaining())
                        .isEqualTo(LIMIT.limit() - 2);
            }
        });
    }

    /** What each of them was granted is not known any more, but it is counted, once. */
    @Test
    void chargesOnceWhatTravelsTogetherAndIsSentTwice() {
        with((redis, proxy, limiter) -> {
            proxy.fault(Proxy.Fault.LOSE_ANSWERS);
            List<CompletableFuture<Acquisition>> alone = ask(limiter, 1, i -> "acme");
            List<CompletableFuture<Acquisition>> together = ask(limiter, TOGETHER, i -> "acme");
            awaitTrips(redis, 3);

            answerAgain(proxy);

            assertThat(alone.get(0)).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(Acquisition.Granted.class);
            assertThat(together)
                    .allSatisfy(take -> assertThat(take).succeedsWithin(Duration.ofSeconds(10)))
                    .allSatisfy(take -> assertThat(take.join())
                            .isInstanceOfSatisfying(
                                    Acquisition.Denied.class,
                                    denied -> assertThat(denied.reason())
                                            .isEqualTo(Acquisition.Reason.STORE_UNAVAILABLE)));
            assertThat(limiter.acquire(REQUEST).remaining()).isEqualTo(LIMIT.limit() - 3 - TOGETHER);
        });
    }
}
