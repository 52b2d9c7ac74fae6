package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.LossyCreditStore.Way;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Issue 5: who is queued for, asks again and is not answered is told that the store is away. His place must not be called up for nobody:
 * its lease may go on for as long as other calls of it last. In virtual time; two calls at most, one of which lasts.
 */
class PlacesInDoubtTest {

    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final CreditRequest REQUEST = CreditRequest.inFlight("acme", 2);

    private final ManualTime time = new ManualTime();
    private final InMemoryCreditStore store = new InMemoryCreditStore(time);
    private final LossyCreditStore wire = new LossyCreditStore(store);
    private final ManualSleeper timers = new ManualSleeper(time);
    private final ReverseRateLimiter one = limiter(wire, timers);
    private final ReverseRateLimiter other = limiter(new LossyCreditStore(store), new ManualSleeper(time));
    private Granted lasting;
    private Granted ending;
    private CompletableFuture<Acquisition> waiter;

    private ReverseRateLimiter limiter(CreditStore on, ManualSleeper sleeper) {
        return ReverseRateLimiter.builder(on)
                .time(time, sleeper)
                .executor(Runnable::run)
                .build();
    }

    @BeforeEach
    void oneIsQueued() {
        lasting = (Granted) one.acquire(REQUEST);
        ending = (Granted) other.acquire(REQUEST);
        waiter = one.acquireAsync(REQUEST.maxWait(Duration.ofMinutes(5)));
    }

    private void asksAgain() {
        timers.pass(millis(100));
    }

    private void isDenied() {
        assertThat(waiter)
                .isCompletedWithValueMatching(answer ->
                        answer instanceof Denied denied && denied.reason() == Acquisition.Reason.STORE_UNAVAILABLE);
    }

    /** The only place that was free is free, and no other. */
    private void onePlaceIsFree() {
        assertThat(other.acquire(REQUEST)).isInstanceOf(Granted.class);
        assertThat(other.acquire(REQUEST)).isInstanceOf(Denied.class);
    }

    @Test
    void whoseAskingAgainFailsLeavesTheQueue() {
        wire.way(Way.LOSE_TAKES);
        asksAgain();
        isDenied();

        other.complete(ending, CallEnd.ANSWERED);

        onePlaceIsFree();
    }

    @Test
    void whoCannotBeWithdrawnLeavesTheQueueWhenTheLeaseIsRenewed() {
        wire.way(Way.LOSE_REQUESTS);
        asksAgain();
        isDenied();
        wire.way(Way.OPEN);
        other.complete(ending, CallEnd.ANSWERED);
        assertThat(other.acquire(REQUEST)).isInstanceOf(Denied.class);

        timers.pass(LIFE.dividedBy(3));

        onePlaceIsFree();
    }

    @Test
    void whoCannotBeWithdrawnForLongerThanARenewalLeavesTheQueueAllTheSame() {
        wire.way(Way.LOSE_REQUESTS);
        timers.pass(LIFE.dividedBy(3).plus(millis(100)));
        isDenied();
        wire.way(Way.OPEN);
        other.complete(ending, CallEnd.ANSWERED);

        timers.pass(LIFE.dividedBy(3));

        onePlaceIsFree();
    }

    @Test
    void whoWasGrantedWithoutHearingOfItGivesItBackOnce() {
        wire.way(Way.LOSE_ANSWERS);
        other.complete(ending, CallEnd.ANSWERED); // he is called up, comes, and has his place; he does not hear of it
        isDenied();
        wire.way(Way.OPEN);

        onePlaceIsFree();
        timers.pass(LIFE.dividedBy(3)); // it was not confirmed that he is withdrawn, so that is tried again
        assertThat(other.acquire(REQUEST)).isInstanceOf(Denied.class);
        one.complete(lasting, CallEnd.ANSWERED);
        assertThat(other.acquire(REQUEST)).isInstanceOf(Granted.class);
    }

    @Test
    void whoseAnswerIsOverdueAndFailsLeavesTheQueue() {
        wire.way(Way.HOLD_BACK_ANSWERS);
        timers.pass(millis(700));
        isDenied();
        wire.way(Way.OPEN);
        wire.fail();

        other.complete(ending, CallEnd.ANSWERED);

        onePlaceIsFree();
    }

    @Test
    void whoseAnswerIsOverdueAndComesLeavesTheQueueOnce() {
        wire.way(Way.HOLD_BACK_ANSWERS);
        other.complete(ending, CallEnd.ANSWERED); // he comes for his place, and has it
        timers.pass(millis(700));
        isDenied();
        wire.way(Way.OPEN);
        wire.answer();

        onePlaceIsFree();
    }

    @Test
    void whoGoesAwayWhileHeAsksAgainInVainLeavesTheQueue() {
        wire.way(Way.HOLD_BACK_ANSWERS);
        asksAgain();
        waiter.cancel(false);
        wire.way(Way.OPEN);
        wire.fail();

        other.complete(ending, CallEnd.ANSWERED);

        onePlaceIsFree();
    }

    @Test
    void whoGoesAwayInTheMomentInWhichHeHasAskedAgainGivesItBackOnce() {
        wire.afterTheNextTake(() -> waiter.cancel(false));
        other.complete(ending, CallEnd.ANSWERED); // he is called up, comes, and goes away before he knows of his trip

        assertThat(waiter).isCancelled();
        onePlaceIsFree();
    }

    @Test
    void whoIsAnsweredByAShareThatIsFullLeavesTheQueueWhenHeGoesAway() {
        ReverseRateLimiter sharing = ReverseRateLimiter.builder(wire)
                .time(time, timers)
                .executor(Runnable::run)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(time), 2)
                .build();
        CreditRequest counted = CreditRequest.of("counted", RateLimit.of(2, Duration.ofSeconds(1)))
                .flow(Flow.FREE.countUntil(CountUntil.COMPLETION));
        sharing.acquire(counted);
        Granted first = (Granted) other.acquire(counted);
        CompletableFuture<Acquisition> queued = sharing.acquireAsync(counted.maxWait(Duration.ofMinutes(5)));
        timers.pass(millis(500));
        wire.way(Way.LOSE_TAKES);
        assertThat(sharing.acquire(counted)).isInstanceOf(Granted.class); // by the share, which is full now
        wire.way(Way.OPEN);
        sharing.acquire(CreditRequest.of("another", RateLimit.of(2, Duration.ofSeconds(1)))); // the store decides again
        timers.pass(millis(1_100)); // he asks again
        queued.cancel(false);

        other.complete(first, CallEnd.ANSWERED);
        timers.pass(millis(2_500));

        assertThat(other.acquire(counted)).isInstanceOf(Granted.class);
    }
}
