package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.spring.autoconfigure.metrics.ReverseRateLimiterMetricsAutoConfiguration;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * FAULTS rows 41 and 43: a key is used wherever something may go wrong, and is found in no message, log line, meter or
 * health detail; with {@code hash-keys} not in Redis either.
 */
class CanaryIT {

    private final List<String> said = new ArrayList<>();
    private final LogLines log = new LogLines();
    private FragileRedis redis;
    private Proxy proxy;

    @BeforeEach
    void start() {
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
    }

    @AfterEach
    void stop() {
        log.close();
        proxy.close();
        redis.close();
    }

    private ApplicationContextRunner application(String client, String policy) {
        return Contexts.redis()
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterMetricsAutoConfiguration.class))
                .withPropertyValues(Canary.properties())
                .withPropertyValues(
                        "spring.data.redis.port=" + proxy.port(),
                        "spring.data.redis.client-type=" + client,
                        "reverse-rate-limiter.expected-instances=1",
                        "reverse-rate-limiter.on-store-failure=" + policy)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(LimitResolver.class, Canary.Resolver::new)
                .withBean(RateLimiterListener.class, Canary.Failing::new)
                .withBean(StoreHealth.class, () -> new StoreHealth(OnStoreFailure.DENY, List.of()))
                .withBean(Canary.Client.class);
    }

    @ParameterizedTest
    @CsvSource({
        "lettuce, deny, store-unavailable",
        "lettuce, allow, basis=policy",
        "lettuce, local, basis=local",
        "jedis, deny, store-unavailable",
        "jedis, local, basis=local"
    })
    void isFoundNowhere(String client, String policy, String answer) {
        List<String> sent = new ArrayList<>();
        application(client, policy)
                .withPropertyValues("reverse-rate-limiter.hash-keys.secret=0123456789abcdef0123456789abcdef")
                .run(context -> sent.add(useEverywhere(context)));

        assertThat(sent.get(0))
                .contains("rrl:github:hmac-sha256:")
                .doesNotContain(Canary.TEXT)
                .doesNotContain("0123456789abcdef");
        assertThat(said)
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text).doesNotContain(Canary.TEXT).doesNotContain("0123456789abcdef"));
        assertThat(String.join("\n", said))
                .contains("WRONGTYPE", "RRLFOREIGN", "NOPERM", "AcquireInterruptedException", "instead")
                .contains("retry after", answer, "is an array", "no answer instead", "the limiter is closed");
        assertThat(log.all())
                .contains("The listener", "did not tell the limits", "The store did not decide")
                .doesNotContain(Canary.TEXT)
                .doesNotContain("0123456789abcdef");
    }

    /** Which shows that it would be found. */
    @Test
    void isFoundInRedisWhereKeysAreNotHashed() {
        List<String> sent = new ArrayList<>();
        application("lettuce", "deny").run(context -> sent.add(useEverywhere(context)));

        assertThat(sent.get(0)).contains("rrl:github:" + Canary.KEY);
        assertThat(said).isNotEmpty().allSatisfy(text -> assertThat(text).doesNotContain(Canary.TEXT));
        assertThat(log.all()).doesNotContain(Canary.TEXT);
    }

    /** What Redis was sent meanwhile. */
    private String useEverywhere(ConfigurableApplicationContext context) throws Exception {
        Canary canary = new Canary(context, redis, proxy);
        canary.awaitRedis();
        String sent;
        try (Monitor monitor = new Monitor(redis.port())) {
            canary.whileRedisDecides();
            sent = monitor.until(Canary.END);
        }
        canary.whileItRefuses();
        canary.whileItIsAway();
        context.getBean(MeterRegistry.class)
                .getMeters()
                .forEach(meter -> said.add(meter.getId() + " " + meter.getId().getDescription()));
        said.add(context.getBean(StoreHealth.class).details().toString());
        context.close();
        canary.all();
        said.addAll(canary.said());
        return sent;
    }
}
