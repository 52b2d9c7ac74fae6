package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a denial that is believed for a moment must not do to others of its key. */
class KnownDenialsTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .build();

    /** After a trip: what costs none is not remembered. */
    private void isDenied(CreditRequest request, Duration wait) {
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> asked = limiter.acquireAsync(request);
        reply.complete(store.refused(wait));
        assertThat(asked.join()).isEqualTo(new Denied(wait, Reason.EXHAUSTED, 0));
    }

    /** It knows nothing of the pause, though it is told after it. */
    @Test
    void aSleeperSleepsOnceForAPauseThatCameAfterTheDenial() {
        store.thenGrantsIn(SECOND);
        sleeper.duringTheNextSleep(() -> {
            isDenied(ONE, SECOND);
            store.held = 2_000_000;
            store.thenRefusesFor(millis(9_000));
            limiter.acquire(within(SECOND));
            time.advance(millis(1));
            limiter.acquire(ONE);
            store.thenRefusesFor(millis(9_000));
            limiter.acquire(within(SECOND));
            assertThat(store.calls).as("one was denied without a trip").hasSize(4);
        });

        limiter.acquire(within(SECOND));

        assertThat(sleeper.naps().subList(1, sleeper.naps().size())).containsExactly(millis(2_000 - 1));
    }

    @Test
    void whoseOwnInstanceHasPausedTheKeyIsToldOfThat() {
        isDenied(ONE, millis(10));
        limiter.pause(ACME, Duration.ofSeconds(30)).join();
        store.thenIsPausedFor(Duration.ofSeconds(30));

        assertThat(limiter.acquire(ONE)).isEqualTo(new Denied(Duration.ofSeconds(30), Reason.PAUSED, 0));
    }

    /** Who asks again at the time he was told would have asked in vain. */
    @Test
    void whoAsksForMoreIsToldHisOwnTime() {
        isDenied(ONE, millis(200));
        store.thenRefusesFor(millis(800));

        assertThat(limiter.acquire(ONE.credits(4))).isEqualTo(new Denied(millis(800), Reason.EXHAUSTED, 0));
    }
}
