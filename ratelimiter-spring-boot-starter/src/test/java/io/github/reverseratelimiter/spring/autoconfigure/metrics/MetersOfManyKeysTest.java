package io.github.reverseratelimiter.spring.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.spring.AwayStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** FAULTS row 47: there are as many meters for ten thousand keys as for the first one. */
class MetersOfManyKeysTest {

    private static final int KEYS = 10_000;

    private static ApplicationContextRunner metered(ApplicationContextRunner application) {
        return application
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.github.limit=1",
                        "reverse-rate-limiter.limiters.github.window=1h")
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Client.class);
    }

    private static List<String> meters(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().toString())
                .sorted()
                .toList();
    }

    private static double count(MeterRegistry registry, String meter, String... tags) {
        return registry.get(meter).tags(tags).counter().count();
    }

    @Test
    void grantsDenialsAndRefundsOfEachKeyAddNoMeter() {
        metered(Contexts.counting(new InMemoryCreditStore())).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            use(context.getBean(ReverseRateLimiter.class), context.getBean(Client.class), 0);
            await().untilAsserted(() -> assertThat(meters(registry)).anyMatch(each -> each.contains(".refunds")));
            List<String> first = meters(registry);

            for (int i = 1; i < KEYS; i++) {
                use(context.getBean(ReverseRateLimiter.class), context.getBean(Client.class), i);
            }

            assertThat(count(registry, "reverse.rate.limiter.acquisitions", "reason", "exhausted"))
                    .isEqualTo(KEYS);
            assertThat(meters(registry)).isEqualTo(first);
        });
    }

    private static void use(ReverseRateLimiter limiter, Client client, int i) {
        String key = "key-" + i;
        NamedLimiter github = limiter.named("github");
        client.named(key);
        assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.named(key));
        client.nameless(key);
        limiter.refund((Granted) github.acquire("other-" + key)).join();
        limiter.pause(new CreditKey("github", key), Duration.ofSeconds(1)).join();
    }

    /** Those of a share are given back, so that the meter of that is there from the beginning. */
    @ParameterizedTest
    @CsvSource({"allow, .wait", "deny, .acquisitions", "local, .refunds"})
    void outagesAddNoMeter(String policy, String of) {
        metered(Contexts.counting(new AwayStore(new CreditStoreException(Reason.CONNECTION, "connection refused"))))
                .withPropertyValues(
                        "reverse-rate-limiter.on-store-failure=" + policy, "reverse-rate-limiter.expected-instances=1")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    addNoMeter(context.getBean(MeterRegistry.class), List.of(of, ".outages"), key -> {
                        if (limiter.named("github").acquire(key) instanceof Granted granted) {
                            limiter.refund(granted).join();
                        }
                    });
                });
    }

    @Test
    void refusalsAddNoMeter() {
        metered(Contexts.counting(new AwayStore(new CreditStoreMisconfiguredException(Reason.ACCESS, "NOPERM"))))
                .run(context -> {
                    NamedLimiter github =
                            context.getBean(ReverseRateLimiter.class).named("github");
                    addNoMeter(
                            context.getBean(MeterRegistry.class),
                            List.of(".failures"),
                            key -> assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                                    .isThrownBy(() -> github.acquire(key)));
                });
    }

    /** After two of them, the store counts as away. */
    private static void addNoMeter(MeterRegistry registry, List<String> parts, Consumer<String> asked) {
        asked.accept("key-0");
        asked.accept("key-1");
        await().untilAsserted(
                        () -> assertThat(String.join("\n", meters(registry))).contains(parts));
        List<String> first = meters(registry);

        for (int i = 2; i < KEYS; i++) {
            asked.accept("key-" + i);
        }

        assertThat(registry.get("reverse.rate.limiter.store.failures").counters())
                .singleElement()
                .satisfies(counter -> assertThat(counter.count()).isEqualTo(KEYS));
        assertThat(meters(registry)).isEqualTo(first);
    }

    /** Calls out. */
    public static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void named(String account) {}

        @ReverseRateLimited(key = "#account", limit = 5, window = "1h")
        public void nameless(String account) {}
    }
}
