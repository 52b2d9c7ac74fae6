package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** FAULTS row 5: a client that sends again what was not answered, as Lettuce does, charges nobody twice. */
class ReplayIT {

    private static final int TAKES = 5;
    private static final Pattern EVALSHA = Pattern.compile("cmdstat_evalsha:calls=(\\d+),");
    private static final RateLimit LIMIT = RateLimit.of(1_000, Duration.ofHours(1));
    private static final CreditRequest REQUEST = CreditRequest.of("acme", LIMIT);

    @Test
    void chargesOnceWhatIsSentTwice() {
        try (FragileRedis redis = FragileRedis.start();
                Proxy proxy = Proxy.to(redis.port())) {
            RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
            LettuceScriptExecutor executor = new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
            try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "replay:"))
                    .storeTimeout(Duration.ofSeconds(10))
                    .margin(Duration.ofHours(1))
                    .build()) {
                assertThat(limiter.acquire(REQUEST)).isInstanceOf(Acquisition.Granted.class);
                proxy.fault(Proxy.Fault.LOSE_ANSWERS);
                List<CompletableFuture<Acquisition>> takes = IntStream.range(0, TAKES)
                        .mapToObj(i -> limiter.acquireAsync(REQUEST))
                        .toList();
                // Until all of them were counted.
                await().until(() ->
                        redis.answer("INFO commandstats", EVALSHA).group(1).equals("" + (TAKES + 1)));

                proxy.fault(Proxy.Fault.NONE);
                proxy.cut(Proxy.Cut.FIN);

                assertThat(takes)
                        .allSatisfy(take -> assertThat(take).succeedsWithin(Duration.ofSeconds(10)))
                        .allSatisfy(take -> assertThat(take.join()).isInstanceOf(Acquisition.Granted.class));
                assertThat(limiter.acquire(REQUEST).remaining()).isEqualTo(LIMIT.limit() - TAKES - 2);
            }
        }
    }
}
