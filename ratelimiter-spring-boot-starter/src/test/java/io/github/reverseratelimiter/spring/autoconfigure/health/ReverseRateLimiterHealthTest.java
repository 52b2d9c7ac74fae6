package io.github.reverseratelimiter.spring.autoconfigure.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.spring.AwayStore;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

/** The health indicator, on either generation of Spring Boot. */
class ReverseRateLimiterHealthTest {

    private static final Class<?> HERE = Contexts.generation(
            "org.springframework.boot.actuate.health.HealthIndicator",
            "org.springframework.boot.health.contributor.HealthIndicator");
    private static final CreditRequest REQUEST = CreditRequest.of("acme", RateLimit.of(5, Duration.ofHours(1)));
    private static final String PACKAGE = "io.github.reverseratelimiter.spring.autoconfigure.boot";

    private static ApplicationContextRunner application() {
        String generation = HERE.getName().contains("actuate") ? "3" : "4";
        return Contexts.counting(new AwayStore(new CreditStoreException(Reason.CONNECTION, "connection refused")))
                .withConfiguration(AutoConfigurations.of(Contexts.generation(
                        PACKAGE + generation + ".ReverseRateLimiterHealthAutoConfiguration",
                        PACKAGE + generation + ".ReverseRateLimiterHealthAutoConfiguration")))
                .withPropertyValues(
                        "reverse-rate-limiter.on-store-failure=allow",
                        "reverse-rate-limiter.limiters.github.limit=5",
                        "reverse-rate-limiter.limiters.github.window=1s",
                        "reverse-rate-limiter.limiters.github.margin=0ms",
                        "reverse-rate-limiter.limiters.github.on-store-failure=deny");
    }

    /** The status and the details, whichever class they are of. */
    private static String health(ApplicationContext context) {
        Object health =
                ReflectionTestUtils.invokeMethod(context.getBean("reverseRateLimiterHealthIndicator"), "health");
        return String.valueOf(health);
    }

    @Test
    void isUpAndTellsThePolicies() {
        application().run(context -> {
            assertThat(context).hasSingleBean(HERE);
            assertThat(health(context)).contains("UP");
            assertThat(context.getBean(StoreHealth.class).details())
                    .isEqualTo(
                            Map.of("state", "up", "on-store-failure", "allow", "on-store-failure of github", "deny"));
        });
    }

    @Test
    void tellsTheMarginThatALimiterLearns() {
        application()
                .withPropertyValues("reverse-rate-limiter.limiters.github.margin=auto")
                .run(context -> Awaitility.await()
                        .untilAsserted(() -> assertThat(
                                        context.getBean(StoreHealth.class).details())
                                .containsEntry("margin of github", "25ms")));
    }

    @Test
    void isUpButDegradedWhileTheStoreIsAway() {
        application().run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            limiter.named("github").acquire("acme");
            limiter.named("github").acquire("acme");

            StoreHealth health = context.getBean(StoreHealth.class);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(health.details())
                            .containsEntry("state", "degraded")
                            .containsEntry("reason", "connection")
                            .containsEntry("cause", "connection refused"));
            assertThat(health(context)).contains("UP").contains("degraded").doesNotContain("acme");
        });
    }

    @Test
    void isNotDegradedAnyMoreWhenTheStoreIsBack() {
        application().run(context -> {
            StoreHealth health = context.getBean(StoreHealth.class);
            health.storeWentAway(new CreditStoreException("away"));
            health.storeCameBack(Duration.ofSeconds(1));

            assertThat(health.details()).containsEntry("state", "up").doesNotContainKey("cause");
        });
    }

    private static StoreHealth refused(Reason reason) {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.abandoned(REQUEST, new CreditStoreMisconfiguredException(reason, "NOPERM"));
        return health;
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCESS", "AUTHENTICATION", "DATABASE", "TLS", "UNKNOWN_COMMAND"})
    void isMisconfiguredWhileTheStoreRefuses(Reason reason) {
        StoreHealth health = refused(reason);
        health.denied(REQUEST, new Denied(Duration.ZERO, Acquisition.Reason.STORE_UNAVAILABLE, 0));
        health.granted(REQUEST, new Granted(0, Duration.ZERO, new Basis.Policy(), Duration.ZERO));

        assertThat(health.details())
                .containsEntry("state", "misconfigured")
                .containsEntry("reason", reason.toString())
                .containsEntry("cause", "NOPERM");
    }

    @Test
    void isDegradedWhereTheStoreWentAwayAfterItHadRefused() {
        StoreHealth health = refused(Reason.ACCESS);
        health.storeWentAway(new CreditStoreException(Reason.CONNECTION, "connection refused"));

        assertThat(health.details()).containsEntry("state", "degraded").containsEntry("reason", "connection");
    }

    @Test
    void isMisconfiguredWhereTheStoreCameBackToRefuse() {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.storeWentAway(new CreditStoreException("away"));
        health.abandoned(REQUEST, new CreditStoreMisconfiguredException(Reason.ACCESS, "NOPERM"));
        health.storeCameBack(Duration.ofSeconds(1));

        assertThat(health.details()).containsEntry("state", "misconfigured").containsEntry("cause", "NOPERM");
    }

    @Test
    void isDegradedFromTheStartWhereTheTestDidNotReachTheStore() {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.tried(new CreditStoreException(Reason.TIMEOUT, "no answer"));

        assertThat(health.details())
                .containsEntry("state", "degraded")
                .containsEntry("reason", "timeout")
                .containsEntry("cause", "no answer");
        health.denied(REQUEST, new Denied(Duration.ZERO, Acquisition.Reason.STORE_UNAVAILABLE, 0));
        assertThat(health.details()).containsEntry("state", "degraded");
    }

    @Test
    void isUpWhenTheTestReachesTheStoreAfterAll() {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.tried(new CreditStoreException(Reason.TIMEOUT, "no answer"));
        health.tried(null);

        assertThat(health.details()).containsEntry("state", "up").doesNotContainKey("cause");
    }

    @Test
    void isUpWhenTheStoreCameBackAfterATestThatDidNotReachIt() {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.tried(new CreditStoreException(Reason.TIMEOUT, "no answer"));
        health.storeWentAway(new CreditStoreException("away"));
        health.storeCameBack(Duration.ofSeconds(1));

        assertThat(health.details()).containsEntry("state", "up").doesNotContainKey("cause");
    }

    /** It ends late, and the calls meanwhile know better. */
    @Test
    void aLateTestDoesNotHideWhatCallsHaveTold() {
        StoreHealth health = new StoreHealth(OnStoreFailure.ALLOW, List.of());
        health.denied(REQUEST, new Denied(Duration.ZERO, Acquisition.Reason.EXHAUSTED, 0));
        health.tried(new CreditStoreException(Reason.TIMEOUT, "no answer"));

        assertThat(health.details()).containsEntry("state", "up");
    }

    @ParameterizedTest
    @EnumSource(names = {"FOREIGN_KEY", "FORMAT", "CROSS_SLOT"})
    void isUpThoughOneKeyCannotBeUsed(Reason reason) {
        assertThat(refused(reason).details()).containsEntry("state", "up");
    }

    @Test
    void isUpAgainWhenTheStoreDeniesOrGrants() {
        StoreHealth denies = refused(Reason.ACCESS);
        StoreHealth grants = refused(Reason.ACCESS);

        denies.denied(REQUEST, new Denied(Duration.ZERO, Acquisition.Reason.EXHAUSTED, 0));
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .listener(grants)
                .build()) {
            limiter.acquire(REQUEST);
        }

        assertThat(denies.details()).containsEntry("state", "up");
        assertThat(grants.details()).containsEntry("state", "up");
    }

    /** Whoever is denied by the share has not heard of the store. */
    @Test
    void isMisconfiguredStillWhereTheShareDenies() {
        StoreHealth health = refused(Reason.ACCESS);
        List<Acquisition.DecidedBy> told = new ArrayList<>();
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(
                        new AwayStore(new CreditStoreException(Reason.CONNECTION, "connection refused")))
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(), 5)
                .executor(Runnable::run)
                .listener(health)
                .listener(new RateLimiterListener() {
                    @Override
                    public void denied(CreditRequest request, Denied denied) {
                        told.add(denied.decidedBy());
                    }
                })
                .build()) {
            limiter.acquire(REQUEST);
            limiter.acquire(REQUEST);
        }
        health.storeCameBack(Duration.ofSeconds(1));

        assertThat(told).containsExactly(Acquisition.DecidedBy.LOCAL);
        assertThat(health.details()).containsEntry("state", "misconfigured");
    }

    /** The store was asked, for now or not at all. */
    @Test
    void isUpAgainWhenTheStoreDeniesOneOfTooManyWaiters() {
        StoreHealth health = refused(Reason.ACCESS);
        health.denied(REQUEST, new Denied(Duration.ZERO, Acquisition.Reason.TOO_MANY_WAITERS, 0));

        assertThat(health.details()).containsEntry("state", "up");
    }

    @Test
    void canBeSwitchedOff() {
        application()
                .withPropertyValues("management.health.reverse-rate-limiter.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HERE));
    }

    @Test
    void isNotThereWhereNothingIsLimited() {
        application()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HERE));
    }

    @Test
    void givesWayToAnIndicatorOfTheApplication() {
        application()
                .withBean("reverseRateLimiterHealthIndicator", String.class, () -> "mine")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HERE));
    }
}
