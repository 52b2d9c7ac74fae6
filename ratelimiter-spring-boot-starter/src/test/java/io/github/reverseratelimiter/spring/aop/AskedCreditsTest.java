package io.github.reverseratelimiter.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call begins with its credits, or they come back; never both, never neither. */
class AskedCreditsTest {

    private static final RateLimit TWO = RateLimit.of(2, Duration.ofHours(1));

    private final ReverseRateLimiter limiter = ReverseRateLimiter.create(new InMemoryCreditStore());
    private final CallCredits credits = new CallCredits(() -> limiter, () -> (result, failure) -> CallEnd.ANSWERED);

    @AfterEach
    void close() {
        limiter.close();
    }

    @Test
    void givesBackWhatWasGrantedToACallThatIsGivenUpBeforeItBegins() {
        AskedCredits asked = ask();
        assertThat(asked.answer()).isDone();

        asked.giveUp();

        assertThat(asked.begin()).isFalse();
        assertThat(limiter.tryAcquire("acme", TWO).remaining()).isEqualTo(1);
    }

    @Test
    void givesNothingBackOfACallThatHasBegun() {
        AskedCredits asked = ask();
        assertThat(asked.begin()).isTrue();

        asked.giveUp();

        assertThat(limiter.tryAcquire("acme", TWO).remaining()).isZero();
    }

    private AskedCredits ask() {
        return new AskedCredits(credits, List.of(CreditRequest.of("acme", TWO)));
    }
}
