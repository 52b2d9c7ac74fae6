package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CreditRequestTest {

    private static final RateLimit HOUR = RateLimit.of(1_000, Duration.ofHours(1));

    @Test
    void isForOneCreditOfTheNamelessLimiterWithoutWaiting() {
        CreditRequest request = CreditRequest.of("acme", FIVE, HOUR);

        assertThat(request)
                .isEqualTo(new CreditRequest(
                        new CreditKey("", "acme"), List.of(FIVE, HOUR), millis(25), 1, Waiting.none()));
    }

    @Test
    void theDefaultMarginFitsEveryWindow() {
        assertThat(CreditRequest.of("acme", RateLimit.of(5, millis(10)), HOUR).margin())
                .isEqualTo(millis(10));
        assertThat(CreditRequest.defaultMargin(List.of(FIVE), Duration.ofDays(1)))
                .isEqualTo(SECOND);
    }

    @Test
    void aMarginAsLongAsTheWindowIsAccepted() {
        assertThat(ONE.margin(SECOND).margin()).isEqualTo(SECOND);
        assertThat(ONE.margin(Duration.ZERO).margin()).isZero();
    }

    @Test
    void asManyCreditsAsTheLimitAreAccepted() {
        assertThat(ONE.credits(5).credits()).isEqualTo(5);
    }

    @Test
    void copiesDifferInOneThing() {
        CreditRequest changed =
                ONE.limiter("stripe").margin(millis(3)).credits(2).maxWait(SECOND);

        assertThat(changed)
                .isEqualTo(new CreditRequest(
                        new CreditKey("stripe", "acme"), List.of(FIVE), millis(3), 2, new Waiting.UpTo(SECOND)));
        assertThat(ONE.credits()).isEqualTo(1);
    }

    @Test
    void retriesAreAWayOfWaiting() {
        assertThat(ONE.retries(2).waiting()).isEqualTo(new Waiting.Retries(2, Optional.empty(), Optional.empty()));
        assertThat(ONE.retries(2, millis(300)).waiting())
                .isEqualTo(new Waiting.Retries(2, Optional.of(millis(300)), Optional.empty()));
    }

    @Test
    void notToWaitAtAllIsOneAndTheSameHoweverItIsSaid() {
        assertThat(List.of(
                        Waiting.upTo(Duration.ZERO),
                        Waiting.retries(0),
                        ONE.maxWait(Duration.ZERO).waiting()))
                .containsOnly(Waiting.none());
        assertThat(ONE.waiting(new Waiting.UpTo(Duration.ZERO)).waits()).isFalse();
        assertThat(ONE.retries(0, SECOND).waits()).isFalse();
        assertThat(ONE.maxWait(Duration.ofNanos(1)).waits()).isTrue();
        assertThat(ONE.retries(1).waits()).isTrue();
    }

    @Test
    void theLongestWaitAndTheMostRetriesAreAccepted() {
        assertThat(ONE.maxWait(Waiting.MAX_WAIT).waits()).isTrue();
        assertThat(ONE.retries(Integer.MAX_VALUE, Waiting.MAX_WAIT).waits()).isTrue();
    }

    @Test
    void itsLimitsCannotBeChangedFromOutside() {
        List<RateLimit> limits = new ArrayList<>(List.of(FIVE));
        CreditRequest request = new CreditRequest(new CreditKey("", "acme"), limits, SECOND, 1, Waiting.none());

        limits.clear();

        assertThat(request.limits()).containsExactly(FIVE);
    }

    @Test
    void doesNotSayWhoseKeyItIs() {
        assertThat(CreditRequest.of("secret@example.com", FIVE)).asString().doesNotContain("secret");
    }

    @Test
    void aNamedLimiterAsksAsItIsConfigured() {
        LimiterSettings settings = new LimiterSettings("github", List.of(FIVE, HOUR), millis(20), Waiting.upTo(SECOND));
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .limiter(settings)
                .build()) {
            NamedLimiter github = limiter.named("github");

            assertThat(github.settings()).isEqualTo(settings);
            assertThat(github.request("acme"))
                    .isEqualTo(new CreditRequest(
                            new CreditKey("github", "acme"), List.of(FIVE, HOUR), millis(20), 1, Waiting.upTo(SECOND)));
            assertThat(github.tryAcquire("acme").remaining()).isEqualTo(4);
            assertThat(github.acquire("acme").remaining()).isEqualTo(3);
            assertThat(limiter.tryAcquire("acme", FIVE).remaining()).isEqualTo(4);
        }
    }

    @Test
    void aNamedLimiterMayBeAskedWithoutWaitingThoughItsCallersWait() {
        LimiterSettings settings = new LimiterSettings("github", List.of(FIVE), millis(20), Waiting.upTo(SECOND));
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .limiter(settings)
                .build()) {
            NamedLimiter github = limiter.named("github");
            limiter.acquire(github.request("acme").credits(5));

            assertThat(github.tryAcquire("acme")).isInstanceOf(Acquisition.Denied.class);
        }
    }
}
