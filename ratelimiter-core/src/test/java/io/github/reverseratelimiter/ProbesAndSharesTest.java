package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** FAULTS row 55: whoever asks a store that hangs keeps what the share has for its call. */
class ProbesAndSharesTest {

    private static final CreditRequest CALL = CreditRequest.of("acme", RateLimit.of(3, SECOND))
            .margin(Duration.ZERO)
            .limiter("github");

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final UnsteadyCreditStore store = new UnsteadyCreditStore(new InMemoryCreditStore(time));
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .onStoreFailure(OnStoreFailure.LOCAL)
            .localShare(new InMemoryCreditStore(time), 3)
            .build();

    private Acquisition ask() {
        CompletableFuture<Acquisition> asked = limiter.acquireAsync(CALL);
        sleeper.pass(millis(260));
        return asked.join();
    }

    @Test
    void aLoneCallerOfAStoreThatHangsGetsItsShareOfOneAllTheTime() {
        store.block();

        for (int second = 0; second < 20; second++) {
            assertThat(ask()).as("call " + second).isInstanceOf(Acquisition.Granted.class);
            sleeper.pass(millis(1_500));
        }
    }

    @Test
    void whatTheStoreGrantsAfterItsTimeGoesBackToTheStoreOnly() {
        ScriptedCreditStore scripted = new ScriptedCreditStore(time);
        ReverseRateLimiter local = ReverseRateLimiter.builder(scripted)
                .time(time, sleeper)
                .executor(Runnable::run)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(time), 3)
                .build();
        CreditRequest other = CreditRequest.of("other", RateLimit.of(3, SECOND));
        scripted.thenFailsWith(new CreditStoreException("cut")).thenFailsWith(new CreditStoreException("cut"));
        local.acquire(other);
        local.acquire(other);
        time.advance(SECOND);
        CompletableFuture<CreditStore.Reply> late = scripted.thenAnswersLater();
        CompletableFuture<Acquisition> probe = local.acquireAsync(CALL);
        sleeper.pass(millis(250));

        late.complete(scripted.taken(Duration.ZERO));

        assertThat(probe.join()).isInstanceOf(Acquisition.Granted.class);
        assertThat(scripted.refunds).hasSize(1);
        assertThat(local.acquire(CALL)).as("its share is spent").isInstanceOf(Acquisition.Denied.class);
    }
}
