package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of a named limiter: one plan for most keys, others for some, and others again tomorrow. */
class LimiterSettingsTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final RateLimit FIFTY = RateLimit.of(50, Duration.ofSeconds(1));
    private static final RateLimit SHORT = RateLimit.of(1, Duration.ofMillis(10));
    private static final Duration MARGIN = Duration.ofMillis(20);
    private static final Waiting SECOND = Waiting.upTo(Duration.ofSeconds(1));
    private static final LimiterSettings GITHUB = new LimiterSettings("github", List.of(FIVE), MARGIN, SECOND);

    @Test
    void giveAKeyWithoutAPlanThatOfAllOthers() {
        LimiterSettings settings = GITHUB.key("enterprise", FIFTY);

        assertThat(settings.plan("acme")).isEqualTo(new Plan(List.of(FIVE), MARGIN, SECOND));
    }

    @Test
    void giveAKeyItsOwnLimitsAndAllElseAsTheOthers() {
        LimiterSettings settings = GITHUB.key("enterprise", FIFTY);

        assertThat(settings.plan("enterprise")).isEqualTo(new Plan(List.of(FIFTY), MARGIN, SECOND));
    }

    @Test
    void giveAKeyItsOwnPlan() {
        Plan own = Plan.of(FIFTY).margin(Duration.ofMillis(3)).waiting(Waiting.retries(2));

        assertThat(GITHUB.key("enterprise", own).plan("enterprise")).isEqualTo(own);
    }

    @Test
    void cutTheMarginToAWindowThatIsShorter() {
        assertThat(GITHUB.limits(SHORT).margin()).isEqualTo(SHORT.window());
        assertThat(GITHUB.key("enterprise", SHORT).plan("enterprise").margin()).isEqualTo(SHORT.window());
    }

    @Test
    void keepThePlansOfKeysWhenTheOthersGetAnother() {
        LimiterSettings settings = GITHUB.key("enterprise", FIFTY).limits(SHORT);

        assertThat(settings.limits()).containsExactly(SHORT);
        assertThat(settings.plan("enterprise").limits()).containsExactly(FIFTY);
    }

    @Test
    void doNotChangeWithTheMapTheyWereMadeOf() {
        Map<String, Plan> keys = new HashMap<>(Map.of("enterprise", Plan.of(FIFTY)));
        LimiterSettings settings = new LimiterSettings("github", Plan.of(FIVE), keys);

        keys.clear();

        assertThat(settings.keys()).hasSize(1);
    }

    @Test
    void tellNoKey() {
        assertThat(GITHUB.key("enterprise", FIFTY)).asString().doesNotContain("enterprise");
    }

    @Test
    void refuseABlankKeyWithoutSayingWhich() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GITHUB.key("  ", FIFTY))
                .withMessageContaining("key must not be blank (limiter 'github')");
    }

    @Test
    void nameTheLimiterWhereLimitsAreWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GITHUB.key("enterprise"))
                .withMessage("at least one limit is needed (limiter 'github'): give RateLimit.of(limit, window)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GITHUB.limits(FIVE, FIFTY))
                .withMessage(
                        "two limits have the same window: 5 per 1s and 50 per 1s (limiter 'github'): keep the smaller");
    }

    @Test
    void refuseAPlanThatIsMissing() {
        Map<String, Plan> keys = new HashMap<>();
        keys.put("enterprise", Requests.nothing());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimiterSettings("github", Plan.of(FIVE), keys))
                .withMessage("plan of a key (limiter 'github') must not be null: give Plan.of(limit)");
    }

    @Test
    void areUsedByRequestsOfTheKey() {
        try (ReverseRateLimiter limiter = limiter(GITHUB.key("enterprise", FIFTY))) {
            NamedLimiter github = limiter.named("github");

            assertThat(github.request("enterprise").limits()).containsExactly(FIFTY);
            assertThat(github.request("acme").limits()).containsExactly(FIVE);
        }
    }

    @Test
    void countFromTheNextCallOnWhenTheyAreReplaced() {
        try (ReverseRateLimiter limiter = limiter(GITHUB)) {
            NamedLimiter early = limiter.named("github");

            limiter.named("github").configure(GITHUB.limits(FIFTY));

            assertThat(early.request("acme").limits()).containsExactly(FIFTY);
            assertThat(early.settings().limits()).containsExactly(FIFTY);
        }
    }

    @Test
    void keepTheHistoryWhenTheyAreReplaced() {
        try (ReverseRateLimiter limiter = limiter(GITHUB.limits(RateLimit.of(2, Duration.ofHours(1))))) {
            NamedLimiter github = limiter.named("github");
            github.tryAcquire("acme");
            github.tryAcquire("acme");

            github.configure(github.settings().limits(RateLimit.of(3, Duration.ofHours(1))));

            assertThat(github.tryAcquire("acme").remaining()).isZero();
            assertThat(github.tryAcquire("acme")).isInstanceOf(Acquisition.Denied.class);
        }
    }

    @Test
    void ofAnotherLimiterAreRefused() {
        try (ReverseRateLimiter limiter = limiter(GITHUB)) {
            LimiterSettings stripe = new LimiterSettings("stripe", List.of(FIVE), MARGIN, SECOND);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> limiter.named("github").configure(stripe))
                    .withMessage(
                            "limiter 'github' cannot be configured with settings of 'stripe': give a changed copy of"
                                    + " its own settings()");
            assertThat(limiter.named("github").settings()).isEqualTo(GITHUB);
        }
    }

    @Test
    void ofOneLimiterLeaveTheOthersAlone() {
        LimiterSettings stripe = new LimiterSettings("stripe", List.of(FIVE), MARGIN, SECOND);
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .limiter(GITHUB)
                .limiter(stripe)
                .build()) {
            limiter.named("github").configure(GITHUB.limits(FIFTY));

            assertThat(limiter.named("stripe").settings()).isEqualTo(stripe);
        }
    }

    private static ReverseRateLimiter limiter(LimiterSettings settings) {
        return ReverseRateLimiter.builder(new InMemoryCreditStore())
                .limiter(settings)
                .build();
    }
}
