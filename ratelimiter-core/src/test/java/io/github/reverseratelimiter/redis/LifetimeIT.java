package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key's lifetime is told to Redis when it is new and when it would end too early, not with each take (issue 6). */
class LifetimeIT {

    private static final RateLimit LIMIT = RateLimit.of(2_000, Duration.ofHours(1));
    private static final Pattern PEXPIRE = Pattern.compile("cmdstat_pexpire:calls=(\\d+)");

    private final CreditKey key = new CreditKey("lifetime", "acme");
    private final RedisServer server = RedisServer.start();
    private final LettuceScriptExecutor executor = server.executor();
    private long now = Duration.ofDays(20_000).toNanos() / 1_000;
    private final RedisCreditStore store = new RedisCreditStore(executor, "rrl:", System::nanoTime, () -> now);

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    private void take(int times, Duration apart) {
        for (int i = 0; i < times; i++) {
            Request request = new Request(1, 0, Request.newId());
            Call call = new Call(key, List.of(LIMIT), Duration.ZERO, List.of(request), Duration.ofSeconds(10));
            store.take(call).toCompletableFuture().join();
            now += apart.toNanos() / 1_000;
        }
    }

    private long renewals() {
        Matcher matcher = PEXPIRE.matcher(executor.commands().info("commandstats"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** It outlives its need by an eighth, so it is renewed as often. */
    @Test
    void isRenewedEightTimesInAWindow() {
        take(1_000, Duration.ofMillis(100)); // within a fortieth of the window
        assertThat(renewals()).isZero();

        take(1_000, Duration.ofSeconds(7)); // almost two windows
        assertThat(renewals()).isBetween(10L, 20L);

        assertThat(executor.commands().pttl(new RedisKeys("rrl:").name(key))).isPositive();
    }
}
