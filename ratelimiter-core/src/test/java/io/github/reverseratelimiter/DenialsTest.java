package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DenialsTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final CreditRequest TWO = CreditRequest.of("acme", FIVE).credits(2);
    private static final long MILLI = 1_000_000;

    private final Denials denials = new Denials(Duration.ofMillis(5));

    private static Reply refused(Duration wait) {
        long at = 1_000 + wait.toNanos() / 1_000;
        return new Reply(1_000, 7, false, List.of(new Decision.Refused(at, 1, at)));
    }

    @Test
    void aRefusalIsBelievedForAWhileAndCountsDown() {
        denials.learn(TWO, refused(Duration.ofMillis(500)), 0);

        Optional<Reply> known = denials.of(TWO, 3 * MILLI);

        assertThat(known).hasValueSatisfying(reply -> {
            assertThat(reply.now()).isEqualTo(1_000);
            assertThat(reply.held()).isEqualTo(7);
            assertThat(reply.decisions().get(0).at()).isEqualTo(498_000);
        });
        assertThat(denials.of(TWO, 5 * MILLI)).isEmpty();
    }

    @Test
    void itIsNotBelievedForLongerThanTheStoreSaid() {
        denials.learn(TWO, refused(Duration.ofMillis(2)), 0);

        assertThat(denials.of(TWO, 2 * MILLI - 1)).isPresent();
        assertThat(denials.of(TWO, 2 * MILLI)).isEmpty();
    }

    @Test
    void whoAsksForLessOrMoreOrForSomethingElseAsksTheStore() {
        denials.learn(TWO, refused(Duration.ofMillis(500)), 0);

        assertThat(denials.of(TWO, 0)).isPresent();
        assertThat(denials.of(TWO.credits(3), 0)).isEmpty();
        assertThat(denials.of(TWO.credits(1), 0)).isEmpty();
        assertThat(denials.of(
                        CreditRequest.of("acme", RateLimit.of(6, FIVE.window())).credits(2), 0))
                .isEmpty();
        assertThat(denials.of(TWO.margin(Duration.ofMillis(1)), 0)).isEmpty();
        assertThat(denials.of(CreditRequest.of("other", FIVE).credits(2), 0)).isEmpty();
    }

    @Test
    void aPauseIsARefusalAndAGrantIsNone() {
        denials.learn(TWO, new Reply(0, 0, false, List.of(new Decision.Paused(9_000, 5, 9_000))), 0);
        assertThat(denials.of(TWO, MILLI)).isPresent();
        denials.forget(TWO.key());

        denials.learn(TWO, new Reply(0, 0, false, List.of(new Decision.Taken(0, 1, 0))), 0);

        assertThat(denials.of(TWO, 0)).isEmpty();
    }

    @Test
    void whatWasGivenBackIsAskedForAtOnce() {
        denials.learn(TWO, refused(Duration.ofMillis(500)), 0);

        denials.forget(TWO.key());

        assertThat(denials.of(TWO, 0)).isEmpty();
    }

    @Test
    void zeroBelievesNothing() {
        Denials none = new Denials(Duration.ZERO);

        none.learn(TWO, refused(Duration.ofMillis(500)), 0);

        assertThat(none.of(TWO, 0)).isEmpty();
    }
}
