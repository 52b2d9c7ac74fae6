package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Limits that stand in the configuration, and what an annotation makes of them. */
class NamedLimiterTest {

    @Test
    void appliesAllLimitsOfTheName() {
        with(requests -> {
            requests.client().configured("acme");

            assertThat(requests.call().limits())
                    .containsExactly(RateLimit.of(5, Duration.ofSeconds(1)), RateLimit.of(1_000, Duration.ofHours(1)));
        });
    }

    @Test
    void isPartOfTheIdentity() {
        with(requests -> {
            requests.client().configured("acme");

            assertThat(requests.call().key().limiter()).isEqualTo("github");
            assertThat(requests.call().key().value()).isEqualTo("acme");
        });
    }

    @Test
    void appliesItsMargin() {
        with(requests -> {
            requests.client().configured("acme");

            assertThat(requests.call().margin()).isEqualTo(Duration.ofMillis(20));
        });
    }

    @Test
    void appliesItsMaxWait() {
        with(requests -> {
            requests.client().configured("acme");

            assertThat(requests.longestWait()).isEqualTo(Duration.ofSeconds(2));
        });
    }

    @Test
    void givesWayToTheMarginOfTheAnnotation() {
        with(requests -> {
            requests.client().ownMargin();

            assertThat(requests.call().margin()).isEqualTo(Duration.ofMillis(7));
        });
    }

    @Test
    void givesWayToTheWaitingOfTheAnnotation() {
        with(requests -> {
            requests.client().ownMaxWait();

            assertThat(requests.longestWait()).isEqualTo(Duration.ofSeconds(3));
        });
    }

    @Test
    void canBeToldNotToWait() {
        with(requests -> {
            requests.client().neverWaits();

            assertThat(requests.longestWait()).isZero();
        });
    }

    @Test
    void isOnlyTheIdentityBesideALimitOfTheAnnotation() {
        with(requests -> {
            requests.client().ownLimit();

            assertThat(requests.call().key().limiter()).isEqualTo("github");
            assertThat(requests.call().limits()).containsExactly(RateLimit.of(3, Duration.ofSeconds(1)));
            assertThat(requests.call().margin()).isZero();
            assertThat(requests.longestWait()).isZero();
        });
    }

    @Test
    void needNotBeConfiguredBesideALimitOfTheAnnotation() {
        with(requests -> {
            requests.client().unknownName();

            assertThat(requests.call().key().limiter()).isEqualTo("stripe");
        });
    }

    @Test
    void takesItsNameFromAPlaceholder() {
        with(requests -> {
            requests.client().placeholder();

            assertThat(requests.call().key().limiter()).isEqualTo("github");
        });
    }

    @Test
    void mayBeWrittenShort() {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.short.limit=7", "reverse-rate-limiter.limiters.short.window=1m")
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("short")
                                .settings()
                                .limits())
                        .containsExactly(RateLimit.of(7, Duration.ofMinutes(1))));
    }

    @Test
    void mayHoldOtherCharactersInBrackets() {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.[github.api/v3].limit=7",
                        "reverse-rate-limiter.limiters.[github.api/v3].window=1m")
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("github.api/v3")
                                .settings()
                                .name())
                        .isEqualTo("github.api/v3"));
    }

    @Test
    void mayRetry() {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.r.limit=7",
                        "reverse-rate-limiter.limiters.r.window=1m",
                        "reverse-rate-limiter.limiters.r.retries=2",
                        "reverse-rate-limiter.limiters.r.retry-interval=10ms",
                        "reverse-rate-limiter.limiters.r.max-wait=1s")
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("r")
                                .settings()
                                .waiting())
                        .isEqualTo(new Waiting.Retries(
                                2, Optional.of(Duration.ofMillis(10)), Optional.of(Duration.ofSeconds(1)))));
    }

    @Test
    void takesTheGeneralMarginIfItHasNone() {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.margin=9ms",
                        "reverse-rate-limiter.limiters.short.limit=7",
                        "reverse-rate-limiter.limiters.short.window=1m")
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("short")
                                .settings()
                                .margin())
                        .isEqualTo(Duration.ofMillis(9)));
    }

    @Test
    void cutsTheGeneralMarginToAShortWindow() {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.margin=25ms",
                        "reverse-rate-limiter.limiters.short.limit=7",
                        "reverse-rate-limiter.limiters.short.window=10ms")
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("short")
                                .settings()
                                .margin())
                        .isEqualTo(Duration.ofMillis(10)));
    }

    @Test
    void mayBeConfiguredForALimiterOfTheApplicationThatDoesNotKnowIt() {
        RecordingStore store = new RecordingStore();
        configured()
                .withBean(ReverseRateLimiter.class, () -> ReverseRateLimiter.create(store))
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).configured("acme");

                    assertThat(store.calls.get(0).limits()).contains(RateLimit.of(1_000, Duration.ofHours(1)));
                });
    }

    @Test
    void givesWayToWhatALimiterOfTheApplicationKnows() {
        RecordingStore store = new RecordingStore();
        RateLimit mine = RateLimit.of(7, Duration.ofMinutes(7));
        configured()
                .withBean(
                        ReverseRateLimiter.class,
                        () -> ReverseRateLimiter.builder(store)
                                .limiter(new LimiterSettings("github", List.of(mine), Duration.ZERO, Waiting.none()))
                                .build())
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).configured("acme");

                    assertThat(store.calls.get(0).limits()).containsExactly(mine);
                });
    }

    @Test
    void doesNotDisturbATestThatMocksTheLimiter() {
        ReverseRateLimiter mock = mock();
        configured()
                .withBean(ReverseRateLimiter.class, () -> mock)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).configured("acme");

                    verify(mock).acquire(any(CreditRequest.class));
                });
    }

    private static void with(Consumer<Requests> test) {
        RecordingStore store = new RecordingStore();
        configured()
                .withBean(CreditStore.class, () -> store)
                .withBean(Client.class)
                .run(context -> test.accept(new Requests(context.getBean(Client.class), store)));
    }

    private static ApplicationContextRunner configured() {
        return Contexts.memory()
                .withPropertyValues(
                        "github.name=github",
                        "reverse-rate-limiter.limiters.github.limits[0].limit=5",
                        "reverse-rate-limiter.limiters.github.limits[0].window=1s",
                        "reverse-rate-limiter.limiters.github.limits[1].limit=1000",
                        "reverse-rate-limiter.limiters.github.limits[1].window=1h",
                        "reverse-rate-limiter.limiters.github.max-wait=2s",
                        "reverse-rate-limiter.limiters.github.margin=20ms");
    }

    private record Requests(Client client, RecordingStore store) {

        CreditStore.Call call() {
            return store.calls.get(0);
        }

        Duration longestWait() {
            return Duration.ofNanos(call().requests().get(0).maxWait() * 1_000);
        }
    }

    static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void configured(String account) {}

        @ReverseRateLimited(name = "github", margin = "7ms")
        public void ownMargin() {}

        @ReverseRateLimited(name = "github", maxWait = "3s")
        public void ownMaxWait() {}

        @ReverseRateLimited(name = "github", maxWait = "0s")
        public void neverWaits() {}

        @ReverseRateLimited(name = "github", limit = 3, window = "1s")
        public void ownLimit() {}

        @ReverseRateLimited(name = "stripe", limit = 3, window = "1s")
        public void unknownName() {}

        @ReverseRateLimited(name = "${github.name}")
        public void placeholder() {}
    }
}
