package io.github.reverseratelimiter.spring.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CallInFlight;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.metrics.MeterRecordingListener;
import io.github.reverseratelimiter.spring.metrics.ReverseRateLimiterMeters;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Meters of an application that has Micrometer, and none where it has not. */
class ReverseRateLimiterMetricsAutoConfigurationTest {

    private static final CreditRequest REQUEST = CreditRequest.of("secret", RateLimit.of(5, Duration.ofHours(1)));

    private static ApplicationContextRunner application() {
        return Contexts.counting(new InMemoryCreditStore())
                .withConfiguration(AutoConfigurations.of(ReverseRateLimiterMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.github.limit=1",
                        "reverse-rate-limiter.limiters.github.window=1h")
                .withBean(Client.class);
    }

    private static ApplicationContextRunner metered() {
        return application().withBean(MeterRegistry.class, SimpleMeterRegistry::new);
    }

    private static double acquisitions(MeterRegistry registry, String limiter, String outcome, String reason) {
        return registry.get("reverse.rate.limiter.acquisitions")
                .tags("limiter", limiter, "outcome", outcome, "reason", reason)
                .counter()
                .count();
    }

    @Test
    void countsGrantsAndDenialsOfANamedLimiter() {
        metered().run(context -> {
            Client client = context.getBean(Client.class);
            client.named("secret");
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.named("secret"));

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(acquisitions(registry, "github", "granted", "none")).isEqualTo(1);
            assertThat(acquisitions(registry, "github", "denied", "exhausted")).isEqualTo(1);
        });
    }

    @Test
    void countsWhatHasNoNameUnderNone() {
        metered().run(context -> {
            context.getBean(Client.class).nameless("secret");

            assertThat(acquisitions(context.getBean(MeterRegistry.class), "none", "granted", "none"))
                    .isEqualTo(1);
        });
    }

    @Test
    void timesWhatWasGranted() {
        metered().run(context -> {
            context.getBean(Client.class).named("secret");

            assertThat(context.getBean(MeterRegistry.class)
                            .get("reverse.rate.limiter.wait")
                            .tags("limiter", "github")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void countsCreditsThatCameBack() {
        metered().run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            Acquisition answer = limiter.acquire(REQUEST.credits(3));
            limiter.refund((Acquisition.Granted) answer).join();

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(registry.get("reverse.rate.limiter.refunds")
                                    .tags("limiter", "none")
                                    .counter()
                                    .count())
                            .isEqualTo(3));
        });
    }

    @Test
    void countsErrorsByWhatTheyWere() {
        metered().run(context -> {
            RateLimiterListener listener = context.getBean(RateLimiterListener.class);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(AcquireInterruptedException.class)
                    .isThrownBy(() -> context.getBean(ReverseRateLimiter.class).acquire(REQUEST));
            assertThat(Thread.interrupted()).isTrue();
            listener.abandoned(REQUEST, new CancellationException());
            listener.abandoned(REQUEST, new CreditStoreMisconfiguredException("wrong", new RuntimeException()));
            listener.abandoned(REQUEST, new IllegalStateException());

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(List.of("interrupted", "cancelled", "store-misconfigured", "other"))
                    .allSatisfy(reason -> assertThat(acquisitions(registry, "none", "error", reason))
                            .isEqualTo(1));
        });
    }

    @Test
    void countsStoresThatDidNotDecideByReasonAndPolicy() {
        metered().run(context -> {
            RateLimiterListener listener = context.getBean(RateLimiterListener.class);
            listener.storeFailed(REQUEST, new CreditStoreException(Reason.BUSY, "busy"), OnStoreFailure.ALLOW);
            listener.storeFailed(REQUEST, new CreditStoreException("away"), OnStoreFailure.DENY);

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(storeFailures(registry, "busy", "allow")).isEqualTo(1);
            assertThat(storeFailures(registry, "other", "deny")).isEqualTo(1);
        });
    }

    @Test
    void countsStoresThatRefuseByReasonWithoutAPolicy() {
        metered().run(context -> {
            context.getBean(RateLimiterListener.class)
                    .abandoned(REQUEST, new CreditStoreMisconfiguredException(Reason.ACCESS, "refused"));

            assertThat(storeFailures(context.getBean(MeterRegistry.class), "access", "none"))
                    .isEqualTo(1);
        });
    }

    private static double storeFailures(MeterRegistry registry, String reason, String policy) {
        return registry.get("reverse.rate.limiter.store.failures")
                .tags("limiter", "none", "reason", reason, "policy", policy)
                .counter()
                .count();
    }

    @Test
    void tellsWhoDecidedAGrant() {
        metered().run(context -> {
            RateLimiterListener listener = context.getBean(RateLimiterListener.class);
            context.getBean(Client.class).nameless("secret");
            for (Acquisition.Basis basis : List.of(new Acquisition.Basis.Local(), new Acquisition.Basis.Policy())) {
                listener.granted(REQUEST, new Acquisition.Granted(1, Duration.ZERO, basis, Duration.ZERO));
            }

            assertThat(List.of("store", "local", "policy"))
                    .allSatisfy(basis -> assertThat(context.getBean(MeterRegistry.class)
                                    .get("reverse.rate.limiter.acquisitions")
                                    .tags("outcome", "granted", "basis", basis)
                                    .counter()
                                    .count())
                            .isEqualTo(1));
        });
    }

    @Test
    void usesTheNamesTagsAndDescriptionsOfTheEnum() {
        metered().run(context -> {
            RateLimiterListener listener = context.getBean(RateLimiterListener.class);
            context.getBean(Client.class).named("secret");
            listener.refunded(new CreditKey("", "secret"), 1);
            listener.storeFailed(REQUEST, new CreditStoreException("away"), OnStoreFailure.DENY);
            listener.storeWentAway(new CreditStoreException("away"));
            listener.marginLearnt("github", Duration.ofMillis(25));
            listener.refusedDespiteMargin("github", Duration.ofMillis(25));
            listener.callEnded(REQUEST, Duration.ofMillis(25), CallEnd.ANSWERED);
            listener.leaseLost("github");

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(ReverseRateLimiterMeters.values()).allSatisfy(known -> {
                Meter meter = registry.get(known.meter()).meter();
                assertThat(meter.getId().getType()).isEqualTo(known.type());
                assertThat(meter.getId().getDescription()).isEqualTo(known.description());
                assertThat(meter.getId().getTags())
                        .extracting(tag -> tag.getKey())
                        .containsExactlyInAnyOrderElementsOf(known.tags());
            });
            assertThat(registry.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .isSubsetOf(Arrays.stream(ReverseRateLimiterMeters.values())
                            .map(ReverseRateLimiterMeters::meter)
                            .toList());
        });
    }

    @Test
    void tellsOfCallsInFlight() {
        metered().run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            CreditRequest request = CreditRequest.inFlight("secret", 2).limiter("stripe");
            CallInFlight one = limiter.begin(request);
            CallInFlight other = limiter.begin(request);
            Gauge inFlight = registry.get("reverse.rate.limiter.calls.in.flight")
                    .tags("limiter", "stripe")
                    .gauge();
            assertThat(inFlight.value()).isEqualTo(2);

            one.close();
            other.ended(CallEnd.REFUSED);
            other.close();

            assertThat(inFlight.value()).isZero();
            assertThat(List.of("answered", "refused"))
                    .allSatisfy(end -> assertThat(registry.get("reverse.rate.limiter.calls")
                                    .tags("limiter", "stripe", "end", end)
                                    .timer()
                                    .count())
                            .isEqualTo(1));
        });
    }

    @Test
    void tellsOfCallsThatNobodyEnded() {
        metered().run(context -> {
            context.getBean(RateLimiterListener.class).callGivenUp(REQUEST, Duration.ofMinutes(10));

            assertThat(context.getBean(MeterRegistry.class)
                            .get("reverse.rate.limiter.calls")
                            .tags("limiter", "none", "end", "given-up")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    /** FAULTS row 47. */
    @Test
    void growsWithNoKey() {
        metered().run(context -> {
            Client client = context.getBean(Client.class);
            for (int i = 0; i < 10_000; i++) {
                client.named("secret" + i);
            }

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.getMeters()).hasSize(2);
            assertThat(registry.getMeters())
                    .extracting(meter -> meter.getId().toString())
                    .allSatisfy(id -> assertThat(id).doesNotContain("secret"));
        });
    }

    @Test
    void findsTheRegistryOfTheActuator() {
        Class<?> metrics = Contexts.generation(
                "org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration");
        Class<?> composite = Contexts.generation(
                "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration");
        Class<?> simple = Contexts.generation(
                "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration",
                "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration");
        application()
                .withConfiguration(AutoConfigurations.of(metrics, composite, simple))
                .run(context -> {
                    context.getBean(Client.class).named("secret");

                    assertThat(acquisitions(context.getBean(MeterRegistry.class), "github", "granted", "none"))
                            .isEqualTo(1);
                });
    }

    @Test
    void staysAwayWithoutMicrometer() {
        application()
                .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context -> {
                    context.getBean(Client.class).named("secret");

                    assertThat(context).doesNotHaveBean(RateLimiterListener.class);
                });
    }

    @Test
    void staysAwayWithoutARegistry() {
        application().run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RateLimiterListener.class));
    }

    @Test
    void staysAwayFromSeveralRegistriesOfWhichNoneIsPrimary() {
        application()
                .withBean("one", MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean("other", MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RateLimiterListener.class));
    }

    @Test
    void givesWayToARecordingListenerOfTheApplication() {
        SimpleMeterRegistry mine = new SimpleMeterRegistry();
        metered()
                .withBean("mine", MeterRecordingListener.class, () -> new MeterRecordingListener(mine))
                .run(context -> {
                    context.getBean(Client.class).named("secret");

                    assertThat(context).hasSingleBean(RateLimiterListener.class);
                    assertThat(acquisitions(mine, "github", "granted", "none")).isEqualTo(1);
                });
    }

    /** Public: with a class loader of its own, its proxy is in another package at run time. */
    public static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void named(String account) {}

        @ReverseRateLimited(key = "#account", limit = 5, window = "1h")
        public void nameless(String account) {}
    }
}
