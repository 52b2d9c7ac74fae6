package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldsTest {

    private final Holds holds = new Holds();

    @Test
    void whoWatchesLearnsWhatRepliesTell() {
        Holds.Hold hold = holds.watch(ACME, 3);

        holds.learn(ACME, 5);
        holds.learn(ACME, 4);

        assertThat(hold.held()).isEqualTo(5);
    }

    @Test
    void allWhoWatchOneKeyShareWhatIsKnown() {
        Holds.Hold first = holds.watch(ACME, 3);
        Holds.Hold second = holds.watch(ACME, 7);

        assertThat(first.held()).isEqualTo(7);
        assertThat(holds.watch(ACME, 1).held()).isEqualTo(7);
        assertThat(second).isSameAs(first);
    }

    @Test
    void nothingIsKeptOfKeysThatNobodyWatches() {
        holds.learn(ACME, 5);
        holds.watch(ACME, 3);
        holds.watch(ACME, 3);
        holds.learn(new CreditKey("github", "other"), 5);
        holds.unwatch(ACME);
        assertThat(holds.size()).isEqualTo(1);

        holds.unwatch(ACME);
        holds.unwatch(ACME);

        assertThat(holds.size()).isZero();
    }
}
