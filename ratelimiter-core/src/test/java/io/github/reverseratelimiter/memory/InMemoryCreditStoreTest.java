package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStoreContract;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryCreditStoreTest extends CreditStoreContract {

    private static final RateLimit TWO = RateLimit.of(2, Duration.ofSeconds(1));

    private final ManualTime clock = new ManualTime();
    private final Asking asking = new Asking(new InMemoryCreditStore(clock));
    private final CreditKey key = new CreditKey("memory", "key");

    @Override
    protected CreditStore store(ManualTime time) {
        return new InMemoryCreditStore(time);
    }

    @Test
    void aPauseAfterEverythingHasExpiredCountsFromItsOwnBegin() {
        asking.store().pause(key, Duration.ofSeconds(3)).toCompletableFuture().join();
        clock.advance(Duration.ofHours(1));

        long held = asking.store()
                .pause(key, Duration.ofSeconds(2))
                .toCompletableFuture()
                .join()
                .held();

        assertThat(held).isEqualTo(2_000_000);
        assertThat(asking.take(key, 1, TWO).decisions().get(0)).isInstanceOf(Decision.Paused.class);
    }

    @Test
    void aRefundAfterEverythingHasExpiredDoesNothing() {
        long at = asking.take(key, 1, TWO).decisions().get(0).at();
        clock.advance(Duration.ofHours(1));

        assertThat(asking.refund(key, 1, at)).isZero();
    }

    @Test
    void aRefundForAKeyThatNobodyUsedLeavesNothingBehind() {
        assertThat(asking.refund(key, 1, 1)).isZero();

        assertThat(asking.store().size()).isZero();
    }

    @Test
    void aRefusalDoesNotStateALimit() {
        asking.take(key, 2, TWO);
        asking.take(key, 3, RateLimit.of(3, TWO.window()));

        assertThat(asking.take(key, 1, TWO).otherLimits()).isFalse();
    }
}
