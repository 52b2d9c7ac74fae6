package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Whoever calls rarely finds that his idle connections were cut meanwhile, by Redis or something between: nobody is denied for that. */
@Timeout(60)
class CutAtRestIT {

    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);
    private static final int CALLERS = 8;
    private static final CreditRequest CALL =
            CreditRequest.of("acme", RateLimit.of(1_000, Duration.ofHours(1))).margin(Duration.ofMinutes(1));

    private FragileRedis redis;
    private Proxy proxy;
    private RedisConnectionFactory factory;
    private ReverseRateLimiter limiter;

    @BeforeEach
    void connect() {
        redis = FragileRedis.start();
        proxy = Proxy.to(redis.port());
        factory = JedisOutageIT.asSpringBootDoes(proxy.port());
        OutageContract.start(factory);
        limiter = ReverseRateLimiter.builder(
                        new RedisCreditStore(new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT), "rest:"))
                .storeTimeout(STORE_TIMEOUT)
                .build();
    }

    @AfterEach
    void disconnect() {
        limiter.close();
        ((Lifecycle) factory).stop();
        proxy.close();
        redis.close();
    }

    @ParameterizedTest
    @EnumSource(Proxy.Cut.class)
    void theNextCallIsDecidedAndChargedOnce(Proxy.Cut cut) {
        var many =
                Stream.generate(() -> limiter.acquireAsync(CALL)).limit(CALLERS).toList();
        many.forEach(each -> assertThat(each.join()).isInstanceOf(Acquisition.Granted.class));
        OutageContract.pause(OwnJedisConnection.REST.plusMillis(100));
        proxy.cut(cut);
        await().until(() -> proxy.connections() == 0);

        Acquisition answer = limiter.acquire(CALL);

        assertThat(answer).isInstanceOf(Acquisition.Granted.class);
        assertThat(answer.remaining()).isEqualTo(1_000 - CALLERS - 1);
    }
}
