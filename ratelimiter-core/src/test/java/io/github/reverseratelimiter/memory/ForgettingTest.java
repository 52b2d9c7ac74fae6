package io.github.reverseratelimiter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForgettingTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final CreditKey BUSY = new CreditKey("memory", "busy");

    private final ManualTime time = new ManualTime();
    private final InMemoryCreditStore store = new InMemoryCreditStore(time);
    private final Asking asking = new Asking(store);

    private static CreditKey random(Random random) {
        return new CreditKey("memory", Long.toHexString(random.nextLong()));
    }

    @Test
    void aMillionRandomKeysDoNotStay() {
        Random random = new Random(1);
        int most = 0;
        for (int i = 0; i < 1_000_000; i++) {
            time.advance(Duration.ofMillis(1));
            asking.take(random(random), 1, FIVE);
            most = Math.max(most, store.size());
        }

        // A state is needed for a second, and kept a second longer.
        assertThat(most).isBetween(2_000, 2_010);
    }

    @Test
    void aCrowdOfKeysIsForgottenEvenIfNoNewOneComes() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            asking.take(random(random), 1, FIVE);
        }
        time.advance(Duration.ofSeconds(3));

        for (int i = 0; i < 5_010; i++) {
            asking.take(BUSY, 1, FIVE);
        }

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void aKeyInUseOutlivesTheCrowd() {
        Random random = new Random(3);
        asking.take(BUSY, 5, FIVE);
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(asking.take(BUSY, 5, FIVE).decisions().get(0)).isInstanceOf(Decision.Taken.class);
            for (int j = 0; j < 100; j++) {
                asking.take(random(random), 1, FIVE);
            }
            time.advance(Duration.ofMillis(900));
            for (int j = 0; j < 100; j++) {
                asking.take(random(random), 1, FIVE);
                assertThat(asking.take(BUSY, 1, FIVE).decisions().get(0)).isInstanceOf(Decision.Refused.class);
            }
            time.advance(Duration.ofMillis(100));
            assertThat(asking.take(BUSY, 5, FIVE).decisions().get(0)).isInstanceOf(Decision.Taken.class);
        }
    }

    @Test
    void aPausedKeyIsNotForgotten() {
        store.pause(BUSY, Duration.ofHours(1)).toCompletableFuture().join();
        time.advance(Duration.ofMinutes(59));
        asking.take(random(new Random(4)), 1, FIVE);

        assertThat(asking.take(BUSY, 1, FIVE).decisions().get(0)).isInstanceOf(Decision.Paused.class);
    }

    @Test
    void aKeyThatWasOnlyRefusedIsForgottenWithTheNextCall() {
        asking.take(new CreditKey("memory", "too much"), 6, FIVE);

        asking.take(BUSY, 1, FIVE);
        asking.take(BUSY, 1, FIVE);

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void aStateThatWasForgottenAnswersNobody() {
        KeyState state = new KeyState(() -> 1);

        assertThat(state.expire(1)).isTrue();

        assertThat(state.refund(1, 1)).isNull();
        assertThat(state.pause(Duration.ofSeconds(1))).isNull();
    }

    @Test
    void aClosedStoreHoldsNothing() {
        asking.take(BUSY, 1, FIVE);

        store.close();

        assertThat(store.size()).isZero();
    }
}
