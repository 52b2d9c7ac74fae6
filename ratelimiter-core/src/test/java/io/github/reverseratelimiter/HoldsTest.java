package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Held;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What pauses move, as far as replies tell; times are the store's unless they are called nanos. */
class HoldsTest {

    private static final long PLACE = 1_000;

    private final Holds holds = new Holds();

    private static Reply reply(long held, long now, long at) {
        return new Reply(now, held, false, List.of(new Decision.Taken(at, 0, 0)));
    }

    private Holds.Watch watch(long held, long now) {
        return watch(held, now, PLACE);
    }

    private Holds.Watch watch(long held, long now, long at) {
        return holds.watch(ACME, reply(held, now, at), 0, 0);
    }

    private void learn(long held, long now) {
        holds.learn(ACME, reply(held, now, now), 0);
    }

    private void paused(long held, long now) {
        holds.paused(ACME, new Held(now, held), 5, 0, 0);
    }

    @Test
    void whoWatchesLearnsWhatRepliesAdd() {
        Holds.Watch watch = watch(3, 10);

        learn(5, 11);
        learn(4, 10);

        assertThat(watch.growth()).isEqualTo(2);
        assertThat(watch.growth()).isZero();
    }

    @Test
    void allWhoWatchOneKeyShareWhatIsKnown() {
        Holds.Watch first = watch(3, 10);
        Holds.Watch second = watch(7, 12);
        Holds.Watch overtaken = watch(4, 11);

        assertThat(first.growth()).isEqualTo(4);
        assertThat(second.growth()).isZero();
        assertThat(overtaken.growth()).isEqualTo(3);
    }

    @Test
    void aPauseOfOurOwnCountsOnceThoughAReplyFromBeforeItComesAfterIt() {
        Holds.Watch watch = watch(3, 10);

        paused(8, 11);
        learn(3, 10);
        learn(8, 12);

        assertThat(watch.growth()).isEqualTo(5);
    }

    @Test
    void aPauseMovesNoPlaceWhoseTimeHasCome() {
        Holds.Watch before = watch(0, 10, 20);
        Holds.Watch after = watch(0, 10, 21);

        paused(5, 20);

        assertThat(before.growth()).isZero();
        assertThat(before.inDoubtMicros()).isZero();
        assertThat(after.growth()).isEqualTo(5);
    }

    @Test
    void aPlaceThatOnePauseHasMovedIsMovedByTheNext() {
        Holds.Watch watch = watch(0, 10, 21);

        paused(5, 20);
        paused(7, 25);

        assertThat(watch.growth()).isEqualTo(7);
        assertThat(watch.inDoubtMicros()).isZero();
    }

    @Test
    void whereAnotherHasPausedTooBeforeAPauseOfOurOwnItIsNotKnownWhen() {
        Holds.Watch meanwhile = watch(0, 10, 15);
        Holds.Watch after = watch(0, 10, 21);

        paused(6, 20);

        assertThat(meanwhile.growth()).isZero();
        assertThat(meanwhile.inDoubtMicros()).isEqualTo(6);
        assertThat(after.growth()).isEqualTo(6);
    }

    @Test
    void ofAPauseOfAnotherInstanceItIsNotKnownWhenItBegan() {
        Holds.Watch before = watch(0, 20, 20);
        Holds.Watch meanwhile = watch(0, 20, 25);
        Holds.Watch after = watch(0, 20, 31);

        learn(5, 30);

        assertThat(List.of(before.growth(), meanwhile.growth(), after.growth())).containsExactly(0L, 0L, 5L);
        assertThat(before.inDoubtMicros()).isZero();
        assertThat(meanwhile.inDoubtMicros()).isEqualTo(5);
        assertThat(after.inDoubtMicros()).isZero();
    }

    @Test
    void aPauseOfOurOwnIsKnownToWhoBeginsToWatchAfterItAndWasGrantedBefore() {
        paused(5, 20);

        assertThat(watch(0, 10, 21).growth()).isEqualTo(5);
        assertThat(watch(5, 21, 30).growth()).isZero();
    }

    @Test
    void aStateThatWasLostBeginsToCountAnew() {
        Holds.Watch before = watch(5_000, 10);
        Holds.Watch after = watch(0, 11);
        assertThat(before.growth()).isZero();
        assertThat(after.growth()).isZero();

        learn(20, 12);

        assertThat(after.growth()).isEqualTo(20);
    }

    @Test
    void aStateThatWasLostTogetherWithItsClockBeginsToCountAnewWithAPauseOfOurOwn() {
        Holds.Watch watch = watch(3, 500);

        holds.paused(ACME, new Held(100, 40), 40, 1, 2);
        holds.paused(ACME, new Held(90, 60), 40, 1, 3); // sent before that one was heard of

        assertThat(watch.growth()).isEqualTo(40);
    }

    @Test
    void nothingIsKeptOfKeysThatNobodyWatches() {
        learn(5, 10);
        watch(3, 11);
        watch(3, 12);
        holds.learn(new CreditKey("github", "other"), reply(5, 12, 12), 0);
        holds.unwatch(ACME);
        assertThat(holds.size()).isEqualTo(1);

        holds.unwatch(ACME);
        holds.unwatch(ACME);

        assertThat(holds.size()).isZero();
    }

    @Test
    void aPauseIsKeptForAsLongAsARepliesFromBeforeItMayBeOnTheirWay() {
        paused(5, 20);
        assertThat(holds.size()).isEqualTo(1);

        long later = Duration.ofSeconds(61).toNanos();
        CreditKey other = new CreditKey("github", "other");
        holds.watch(other, reply(0, 30, 40), 0, later);
        holds.unwatch(other);

        assertThat(holds.size()).isZero();
    }
}
