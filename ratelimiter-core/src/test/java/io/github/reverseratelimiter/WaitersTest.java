package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitersTest {

    private static final CreditRequest WAITING = ONE.maxWait(SECOND);

    @Test
    void eachLimiterHasItsCap() {
        Waiters waiters = new Waiters(2);

        assertThat(waiters.enter(WAITING)).isTrue();
        assertThat(waiters.enter(WAITING)).isTrue();
        assertThat(waiters.enter(WAITING)).isFalse();
        assertThat(waiters.enter(WAITING.limiter("stripe"))).isTrue();
        waiters.leave(WAITING);
        assertThat(waiters.enter(WAITING)).isTrue();
    }

    @Test
    void aCapOfZeroLetsNobodyWait() {
        assertThat(new Waiters(0).enter(WAITING)).isFalse();
    }

    @Test
    void whoDoesNotWaitNeedsNoPlace() {
        Waiters waiters = new Waiters(2);

        assertThat(waiters.enter(ONE)).isFalse();
        assertThat(waiters.enter(ONE.retries(0, SECOND))).isFalse();

        assertThat(waiters.size()).isZero();
    }

    @Test
    void nothingIsKeptOfLimitersThatNobodyWaitsFor() {
        Waiters waiters = new Waiters(2);
        for (int i = 0; i < 100; i++) {
            waiters.enter(WAITING.limiter("limiter-" + i));
            waiters.leave(WAITING.limiter("limiter-" + i));
        }

        assertThat(waiters.size()).isZero();
    }

    @Test
    void manyThreadsNeverExceedTheCap() throws InterruptedException {
        Waiters waiters = new Waiters(3);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 20_000; n++) {
                    if (waiters.enter(WAITING)) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        waiters.leave(WAITING);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most).hasValueLessThanOrEqualTo(3);
        assertThat(waiters.size()).isZero();
    }
}
