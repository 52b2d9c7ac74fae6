package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

/**
 * FAULTS row 6 where the application's connection is shared: with the bean that docs/operations.md names, Lettuce reconnects
 * within a second. Without it, it would try again 3 s after Redis is back.
 */
class LettuceReconnectIT {

    private static final Duration DOWN = Duration.ofSeconds(5);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(1);
    private static final RateLimit LIMIT = RateLimit.of(1_000_000, Duration.ofHours(1));

    /** It has moved from one generation of Spring Boot to the next. */
    @SuppressWarnings("unchecked")
    private static final Class<Object> CUSTOMIZER = (Class<Object>) Contexts.generation(
            "org.springframework.boot.autoconfigure.data.redis.ClientResourcesBuilderCustomizer",
            "org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer");

    private static Object shortDelays() {
        return ProxyFactory.getProxy(CUSTOMIZER, (MethodInterceptor) call -> {
            ((ClientResources.Builder) call.getArguments()[0])
                    .reconnectDelay(Delay.exponential(1, 250, TimeUnit.MILLISECONDS, 2));
            return null;
        });
    }

    @Test
    void redisIsUsedAgainSoonWithAShortReconnectDelay() {
        try (FragileRedis redis = FragileRedis.start();
                Stalls stalls = new Stalls()) {
            Contexts.redis()
                    .withPropertyValues(
                            "spring.data.redis.port=" + redis.port(),
                            "spring.data.redis.lettuce.read-from=upstream",
                            "reverse-rate-limiter.margin=1h")
                    .withBean(CUSTOMIZER, LettuceReconnectIT::shortDelays)
                    .run(context -> {
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                        await().until(() -> isGranted(limiter));
                        redis.kill();
                        callFor(DOWN, limiter);
                        redis.restart();

                        Duration stalled = stalls.total();
                        long back = System.nanoTime();
                        await().pollInterval(Duration.ofMillis(5)).until(() -> isGranted(limiter));
                        assertThat(Duration.ofNanos(System.nanoTime() - back)
                                        .minus(stalls.total().minus(stalled)))
                                .as("time after which Redis is used again")
                                .isLessThan(BACK_WITHIN);
                    });
        }
    }

    private static void callFor(Duration duration, ReverseRateLimiter limiter) {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < duration.toNanos()) {
            assertThat(isGranted(limiter)).as("granted while Redis is down").isFalse();
            OutageContract.pause(Duration.ofMillis(20));
        }
    }

    private static boolean isGranted(ReverseRateLimiter limiter) {
        return limiter.tryAcquire("acme", LIMIT) instanceof Acquisition.Granted;
    }
}
