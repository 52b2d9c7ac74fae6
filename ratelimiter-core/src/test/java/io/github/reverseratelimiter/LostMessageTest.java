package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Who waits for a call to end, and is not told when it has, because the message got lost (issue 5): when he asks again, which is much later than his
 * margin, he has his credit at once, in his turn, and nothing has to be given back.
 */
class LostMessageTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final CreditRequest ONE_AT_ONCE = CreditRequest.of("acme", RateLimit.of(5, MINUTE))
            .margin(millis(25))
            .flow(Flow.FREE.maxInFlight(1))
            .maxWait(MINUTE);

    /** Tells nobody that he was called up, and notes what it is asked. */
    private static final class Mute implements CreditStore {

        private final CreditStore store;
        private final List<String> trips = new ArrayList<>();

        Mute(CreditStore store) {
            this.store = store;
        }

        private <T> T trip(String what, T reply) {
            trips.add(what);
            return reply;
        }

        @Override
        public void whenCalled(int instance, LongConsumer request) {}

        @Override
        public CompletionStage<Reply> take(Call call) {
            return trip("take", store.take(call));
        }

        @Override
        public CompletionStage<Boolean> ended(Call call) {
            return trip("ended", store.ended(call));
        }

        @Override
        public CompletionStage<Boolean> notMade(Call call, long request) {
            return trip("notMade", store.notMade(call, request));
        }

        @Override
        public CompletionStage<Boolean> withdrawn(Call call, long request) {
            return trip("withdrawn", store.withdrawn(call, request));
        }

        @Override
        public CompletionStage<Boolean> goesOn(Call call) {
            return store.goesOn(call);
        }

        @Override
        public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
            return trip("refund", store.refund(key, credits, at));
        }

        @Override
        public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
            return trip("takeAll", store.takeAll(calls));
        }

        @Override
        public CompletionStage<Held> pause(CreditKey key, Duration duration) {
            return trip("pause", store.pause(key, duration));
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final Mute store = new Mute(new InMemoryCreditStore(time));
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .build();

    @Test
    void heHasHisCreditWhenHeAsksAgainAndInHisTurn() {
        Acquisition.Granted before = granted(limiter.acquire(ONE_AT_ONCE));
        CompletableFuture<Acquisition> first = limiter.acquireAsync(ONE_AT_ONCE);
        sleeper.pass(millis(350)); // he has asked again after 100 and 300 ms
        CompletableFuture<Acquisition> second = limiter.acquireAsync(ONE_AT_ONCE);
        store.trips.clear();
        limiter.complete(before, CallEnd.ANSWERED);

        sleeper.pass(millis(349));
        assertThat(first).isNotDone();
        sleeper.pass(millis(1));

        assertThat(first)
                .isCompletedWithValueMatching(answer -> granted(answer).waited().equals(millis(700)));
        assertThat(second).isNotDone();
        // the end, the second one in vain after 100 and 300 ms, and the first one, who has it
        assertThat(store.trips).containsExactly("ended", "take", "take", "take");
    }

    @Test
    void whoFindsAPlaceMakesOneFurtherTripWhenItsCallHasEnded() {
        limiter.complete(granted(limiter.acquire(ONE_AT_ONCE)), CallEnd.ANSWERED);

        assertThat(store.trips).containsExactly("take", "ended");
    }
}
