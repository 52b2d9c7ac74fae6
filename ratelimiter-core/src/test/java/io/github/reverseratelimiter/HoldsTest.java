package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldsTest {

    private final Holds holds = new Holds();

    @Test
    void whoWatchesLearnsWhatRepliesAdd() {
        Holds.Watch watch = holds.watch(ACME, 3, 10);

        holds.learn(ACME, 5, 11);
        holds.learn(ACME, 4, 10);

        assertThat(watch.growth()).isEqualTo(2);
        assertThat(watch.growth()).isZero();
    }

    @Test
    void allWhoWatchOneKeyShareWhatIsKnown() {
        Holds.Watch first = holds.watch(ACME, 3, 10);
        Holds.Watch second = holds.watch(ACME, 7, 12);
        Holds.Watch overtaken = holds.watch(ACME, 4, 11);

        assertThat(first.growth()).isEqualTo(4);
        assertThat(second.growth()).isZero();
        assertThat(overtaken.growth()).isEqualTo(3);
    }

    @Test
    void aPauseOfOurOwnCountsOnceThoughAReplyFromBeforeItComesAfterIt() {
        Holds.Watch watch = holds.watch(ACME, 3, 10);

        holds.learn(ACME, 8, 11);
        holds.learn(ACME, 3, 10);
        holds.learn(ACME, 8, 12);

        assertThat(watch.growth()).isEqualTo(5);
    }

    @Test
    void aStateThatWasLostBeginsToCountAnew() {
        Holds.Watch before = holds.watch(ACME, 5_000, 10);
        Holds.Watch after = holds.watch(ACME, 0, 11);
        assertThat(before.growth()).isZero();
        assertThat(after.growth()).isZero();

        holds.learn(ACME, 20, 12);

        assertThat(after.growth()).isEqualTo(20);
    }

    @Test
    void nothingIsKeptOfKeysThatNobodyWatches() {
        holds.learn(ACME, 5, 10);
        holds.watch(ACME, 3, 11);
        holds.watch(ACME, 3, 12);
        holds.learn(new CreditKey("github", "other"), 5, 12);
        holds.unwatch(ACME);
        assertThat(holds.size()).isEqualTo(1);

        holds.unwatch(ACME);
        holds.unwatch(ACME);

        assertThat(holds.size()).isZero();
    }
}
