package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.NamedLimiter;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Keys with a plan of their own, and plans that change while the application runs. */
class PlansTest {

    private static final String GITHUB = "reverse-rate-limiter.limiters.github.";
    private static final String ENTERPRISE = GITHUB + "keys.[acme-enterprise].";
    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final RateLimit FIFTY = RateLimit.of(50, Duration.ofSeconds(1));

    @Test
    void aKeyHasItsOwnLimits() {
        with(calls -> {
            calls.client().repo("acme-enterprise");

            assertThat(calls.last().limits()).containsExactly(FIFTY);
        });
    }

    @Test
    void otherKeysHaveTheLimitsOfTheLimiter() {
        with(calls -> {
            calls.client().repo("acme");

            assertThat(calls.last().limits()).containsExactly(FIVE);
        });
    }

    @Test
    void whatAKeyLeavesOutIsAsForTheOthers() {
        with(calls -> {
            calls.client().repo("acme-enterprise");

            assertThat(calls.last().margin()).isEqualTo(Duration.ofMillis(20));
            assertThat(calls.longestWait()).isEqualTo(Duration.ofSeconds(2));
        });
    }

    @Test
    void aKeyMayStateAllThatALimiterStates() {
        plan(
                "acme.com",
                List.of(
                        GITHUB + "keys.[acme.com].limits[0].limit=7",
                        GITHUB + "keys.[acme.com].limits[0].window=1s",
                        GITHUB + "keys.[acme.com].limits[1].limit=70",
                        GITHUB + "keys.[acme.com].limits[1].window=1h",
                        GITHUB + "keys.[acme.com].margin=3ms",
                        GITHUB + "keys.[acme.com].retries=2",
                        GITHUB + "keys.[acme.com].retry-interval=10ms",
                        GITHUB + "keys.[acme.com].max-wait=1s"),
                new Plan(
                        List.of(RateLimit.of(7, Duration.ofSeconds(1)), RateLimit.of(70, Duration.ofHours(1))),
                        Duration.ofMillis(3),
                        new Waiting.Retries(
                                2, Optional.of(Duration.ofMillis(10)), Optional.of(Duration.ofSeconds(1)))));
    }

    @Test
    void aKeyMayStateItsWaitingOnly() {
        plan(
                "patient",
                List.of(GITHUB + "keys.patient.max-wait=1m"),
                new Plan(List.of(FIVE), Duration.ofMillis(20), Waiting.upTo(Duration.ofMinutes(1))));
    }

    @Test
    void aKeyMayStateThatItDoesNotWait() {
        plan(
                "hasty",
                List.of(GITHUB + "keys.hasty.retries=0"),
                new Plan(List.of(FIVE), Duration.ofMillis(20), Waiting.none()));
    }

    @Test
    void aKeyMayHaveMoreCallsInFlight() {
        plan(
                "pro",
                List.of(GITHUB + "pace=true", GITHUB + "max-in-flight=2", GITHUB + "keys.pro.max-in-flight=10"),
                new Plan(
                        List.of(FIVE),
                        Duration.ofMillis(20),
                        Waiting.upTo(Duration.ofSeconds(2)),
                        Flow.FREE.pacing(Pacing.EVEN).maxInFlight(10)));
    }

    @Test
    void aKeyMayHaveACapWhereTheOthersHaveNone() {
        plan(
                "free",
                List.of(GITHUB + "keys.free.max-in-flight=2"),
                new Plan(
                        List.of(FIVE),
                        Duration.ofMillis(20),
                        Waiting.upTo(Duration.ofSeconds(2)),
                        Flow.FREE.maxInFlight(2)));
    }

    @Test
    void theMarginOfTheLimiterIsCutToTheWindowsOfAKey() {
        plan(
                "quick",
                List.of(GITHUB + "keys.quick.limit=1", GITHUB + "keys.quick.window=10ms"),
                new Plan(
                        List.of(RateLimit.of(1, Duration.ofMillis(10))),
                        Duration.ofMillis(10),
                        Waiting.upTo(Duration.ofSeconds(2))));
    }

    @Test
    void aChangeCountsForAnnotatedMethodsFromTheNextCallOn() {
        with(calls -> {
            calls.client().repo("acme");

            calls.github().configure(calls.github().settings().limits(RateLimit.of(7, Duration.ofMinutes(1))));
            calls.client().repo("acme");

            assertThat(calls.last().limits()).containsExactly(RateLimit.of(7, Duration.ofMinutes(1)));
        });
    }

    @Test
    void aChangeMayGiveAKeyAPlanOfItsOwn() {
        with(calls -> {
            calls.github().configure(calls.github().settings().key("acme", FIFTY));

            calls.client().repo("acme");

            assertThat(calls.last().limits()).containsExactly(FIFTY);
        });
    }

    @Test
    void waitingAndMarginOfAnAnnotationGoBeforeThoseOfAChange() {
        with(calls -> {
            Plan other = Plan.of(FIFTY).margin(Duration.ofMillis(30)).waiting(Waiting.none());
            calls.github().configure(calls.github().settings().plan(other));

            calls.client().withItsOwnWaitingAndMargin("acme");

            assertThat(calls.last().limits()).containsExactly(FIFTY);
            assertThat(calls.last().margin()).isEqualTo(Duration.ofMillis(7));
            assertThat(calls.longestWait()).isEqualTo(Duration.ofSeconds(3));
        });
    }

    @Test
    void theMarginOfAnAnnotationIsCutToAWindowThatHasBecomeShorter() {
        with(calls -> {
            calls.github().configure(calls.github().settings().limits(RateLimit.of(9, Duration.ofMillis(2))));

            calls.client().withItsOwnWaitingAndMargin("acme");

            assertThat(calls.last().margin()).isEqualTo(Duration.ofMillis(2));
        });
    }

    @Test
    void aCallThatCostsMoreThanTheLimitHasBecomeIsRefusedByName() {
        with(calls -> {
            calls.github().configure(calls.github().settings().limits(RateLimit.of(2, Duration.ofSeconds(1))));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> calls.client().batch("acme"))
                    .withMessage(
                            "credits must not exceed the limit but was 3 for a limit of 2 per 1s (limiter 'github'):"
                                    + " such a request can never be granted; split it (Client.batch); no credit was taken");
            assertThat(calls.store().calls).isEmpty();
        });
    }

    @Test
    void aLimitOfAnAnnotationDoesNotChange() {
        with(calls -> {
            calls.github().configure(calls.github().settings().limits(FIFTY).key("acme", FIFTY));

            calls.client().withItsOwnLimit("acme");

            assertThat(calls.last().limits()).containsExactly(RateLimit.of(3, Duration.ofSeconds(1)));
        });
    }

    @Test
    void mayBeChangedWhileLimitingIsSwitchedOff() {
        configured().withPropertyValues("reverse-rate-limiter.enabled=false").run(context -> {
            NamedLimiter github = context.getBean(ReverseRateLimiter.class).named("github");

            assertThatCode(() -> github.configure(github.settings().limits(FIFTY)))
                    .doesNotThrowAnyException();
            assertThat(context.getBean(ReverseRateLimiter.class)
                            .named("github")
                            .settings()
                            .limits())
                    .containsExactly(FIFTY);
        });
    }

    private static void plan(String key, List<String> properties, Plan expected) {
        configured()
                .withPropertyValues(properties.toArray(String[]::new))
                .run(context -> assertThat(context.getBean(ReverseRateLimiter.class)
                                .named("github")
                                .plan(key))
                        .isEqualTo(expected));
    }

    private static void with(Consumer<Calls> test) {
        RecordingStore store = new RecordingStore();
        configured()
                .withBean(CreditStore.class, () -> store)
                .withBean(Client.class)
                .run(context -> test.accept(new Calls(
                        context.getBean(Client.class),
                        context.getBean(ReverseRateLimiter.class).named("github"),
                        store)));
    }

    private static ApplicationContextRunner configured() {
        return Contexts.memory()
                .withPropertyValues(
                        GITHUB + "limit=5",
                        GITHUB + "window=1s",
                        GITHUB + "max-wait=2s",
                        GITHUB + "margin=20ms",
                        ENTERPRISE + "limits[0].limit=50",
                        ENTERPRISE + "limits[0].window=1s");
    }

    private record Calls(Client client, NamedLimiter github, RecordingStore store) {

        CreditStore.Call last() {
            return store.calls.get(store.calls.size() - 1);
        }

        Duration longestWait() {
            return Duration.ofNanos(last().requests().get(0).maxWait() * 1_000);
        }
    }

    static class Client {

        @ReverseRateLimited(name = "github", key = "#account")
        public void repo(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", maxWait = "3s", margin = "7ms")
        public void withItsOwnWaitingAndMargin(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", credits = 3)
        public void batch(String account) {}

        @ReverseRateLimited(name = "github", key = "#account", limit = 3, window = "1s")
        public void withItsOwnLimit(String account) {}
    }
}
