package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** For how long it is known that a key was granted without the store (FAULTS row 55). */
class GrantedAloneTest {

    /** The clock wraps around soon after it. */
    private static final long START = Long.sum(Long.MAX_VALUE, -1);

    private static final long SHORT = SECOND.toNanos();
    private static final long LONG = Duration.ofHours(1).toNanos();

    private final GrantedAlone alone = new GrantedAlone(START);

    @Test
    void knowsWhatWasGrantedAloneUntilItIsTooLongAgo() {
        alone.note(ACME, START, SHORT);

        assertThat(alone.within(SHORT, ACME, START + SHORT - 1)).isTrue();
        assertThat(alone.within(SHORT, ACME, START + SHORT)).isFalse();
        assertThat(alone.within(SHORT, new CreditKey("github", "other"), START)).isFalse();
    }

    @Test
    void theLastGrantCountsWhicheverIsNotedFirst() {
        alone.note(ACME, START + 5, SHORT);
        alone.note(ACME, START, SHORT);

        assertThat(alone.within(SHORT, ACME, START + SHORT + 4)).isTrue();
    }

    @Test
    void keysThatNobodyNamesAgainAreForgotten() {
        for (int i = 0; i < 1_000; i++) {
            alone.note(new CreditKey("github", "user" + i), START, SHORT);
        }
        alone.note(ACME, START, LONG);
        alone.clean(START + Duration.ofMinutes(1).toNanos());

        assertThat(alone.size()).isEqualTo(1);
        alone.clean(START + LONG);
        assertThat(alone.isEmpty()).isTrue();
    }

    @Test
    void aKeyIsKeptForTheLongestWindowThatAnybodyStatedForIt() {
        alone.note(ACME, START, LONG);
        alone.note(ACME, START + 1, SHORT);
        alone.clean(START + LONG);

        assertThat(alone.within(LONG, ACME, START + LONG)).isTrue();
    }
}
