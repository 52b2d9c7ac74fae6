package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.LossyCreditStore.Way;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls that are counted until they end, which must have the consent of the share too, since the store did not decide lately. */
class CallsBesideAShareTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper timers = new ManualSleeper(time);
    private final InMemoryCreditStore store = new InMemoryCreditStore(time);
    private final LossyCreditStore wire = new LossyCreditStore(store);
    private final ReverseRateLimiter other = ReverseRateLimiter.builder(new LossyCreditStore(store))
            .time(time, new ManualSleeper(time))
            .executor(Runnable::run)
            .build();
    private final ReverseRateLimiter sharing = ReverseRateLimiter.builder(wire)
            .time(time, timers)
            .executor(Runnable::run)
            .onStoreFailure(OnStoreFailure.LOCAL)
            .localShare(new InMemoryCreditStore(time), 2)
            .build();

    private static CreditRequest counted(int limit, int credits) {
        return CreditRequest.of("counted", RateLimit.of(limit, SECOND))
                .flow(Flow.FREE.countUntil(CountUntil.COMPLETION))
                .credits(credits);
    }

    /** The store has granted, but the share was full; he asks again by the number that was granted, and is not counted. */
    @Test
    void whoIsRefusedByHisShareAndAsksAgainIsCountedByTheStore() {
        wire.way(Way.LOSE_TAKES);
        assertThat(sharing.acquire(counted(2, 1))).isInstanceOf(Granted.class); // by the share, which is full now
        wire.way(Way.OPEN);
        sharing.acquire(CreditRequest.of("another", RateLimit.of(2, SECOND))); // the store decides again
        CompletableFuture<Acquisition> waiter =
                sharing.acquireAsync(counted(2, 1).maxWait(Duration.ofSeconds(10)));
        assertThat(waiter).isNotDone();

        timers.pass(Duration.ofSeconds(2));

        assertThat(waiter).isCompletedWithValueMatching(Granted.class::isInstance);
        assertThat(other.acquire(counted(2, 1))).isInstanceOf(Granted.class);
        assertThat(other.acquire(counted(2, 1))).isInstanceOf(Denied.class);
    }

    /** What costs more than the share is given back, and his place is given up beside that: another call of his JVM ends. */
    @Test
    void whoseCallCostsMoreThanHisShareEndsNoOtherCall() {
        assertThat(sharing.acquire(counted(6, 1))).isInstanceOf(Granted.class); // lasts
        Granted ending = (Granted) other.acquire(counted(6, 3));
        CompletableFuture<Acquisition> waiter =
                sharing.acquireAsync(counted(6, 4).maxWait(Duration.ofMinutes(5)));
        wire.way(Way.LOSE_TAKES);
        assertThat(sharing.acquire(counted(6, 1))).isInstanceOf(Granted.class); // by the share
        wire.way(Way.OPEN);
        other.complete(ending, CallEnd.ANSWERED);

        timers.pass(Duration.ofSeconds(3));

        assertThat(waiter).isDone();
        assertThat(other.acquire(counted(6, 6))).isInstanceOf(Denied.class); // the first call goes on
    }
}
