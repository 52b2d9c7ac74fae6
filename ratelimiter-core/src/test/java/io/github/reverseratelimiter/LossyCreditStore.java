package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** One instance's way to a store, on which trips get lost: before they arrive, or on their way back. For one thread. */
final class LossyCreditStore implements CreditStore {

    private final CreditStore store;

    private record HeldBack(Runnable answer, Runnable failure) {}

    private final List<HeldBack> heldBack = new ArrayList<>();
    private Way way = Way.OPEN;
    private Runnable afterTakes = () -> {};
    private int renewals;
    private List<RateLimit> renewed = List.of();

    enum Way {
        OPEN,
        /** They never arrive, and fail. */
        LOSE_REQUESTS,
        /** Only those that ask for credits. */
        LOSE_TAKES,
        /** They are decided, and fail. */
        LOSE_ANSWERS,
        /** They are decided, and answered when the test says so. */
        HOLD_BACK_ANSWERS
    }

    LossyCreditStore(CreditStore store) {
        this.store = store;
    }

    void way(Way next) {
        way = next;
    }

    /** Runs that once the next request for credits is decided, before who has asked goes on. */
    void afterTheNextTake(Runnable action) {
        afterTakes = action;
    }

    /** Answers what was held back. */
    void answer() {
        heldBack().forEach(each -> each.answer.run());
    }

    /** Lets fail what was held back. */
    void fail() {
        heldBack().forEach(each -> each.failure.run());
    }

    private List<HeldBack> heldBack() {
        List<HeldBack> all = List.copyOf(heldBack);
        heldBack.clear();
        return all;
    }

    /** How many renewals of a lease have arrived. */
    int renewals() {
        return renewals;
    }

    /** The windows that the latest renewal named. */
    List<RateLimit> renewed() {
        return renewed;
    }

    private <T> CompletionStage<T> trip(Supplier<CompletionStage<T>> trip) {
        if (way == Way.LOSE_REQUESTS) {
            return CompletableFuture.failedFuture(new CreditStoreException("lost"));
        }
        CompletionStage<T> answer = trip.get();
        if (way == Way.LOSE_ANSWERS) {
            return CompletableFuture.failedFuture(new CreditStoreException("lost"));
        }
        if (way == Way.OPEN || way == Way.LOSE_TAKES) {
            return answer;
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        heldBack.add(new HeldBack(
                () -> later.complete(answer.toCompletableFuture().join()),
                () -> later.completeExceptionally(new CreditStoreException("lost"))));
        return later;
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        if (way == Way.LOSE_TAKES) {
            return CompletableFuture.failedFuture(new CreditStoreException("lost"));
        }
        CompletionStage<Reply> answer = trip(() -> store.take(call));
        Runnable action = afterTakes;
        afterTakes = () -> {};
        action.run();
        return answer;
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        return trip(() -> store.takeAll(calls));
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return trip(() -> store.refund(key, credits, at));
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return trip(() -> store.pause(key, duration));
    }

    @Override
    public CompletionStage<Boolean> ended(Call call) {
        return trip(() -> store.ended(call));
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return trip(() -> store.notMade(call, request));
    }

    @Override
    public CompletionStage<Boolean> withdrawn(Call call, long request) {
        return trip(() -> store.withdrawn(call, request));
    }

    @Override
    public CompletionStage<Boolean> goesOn(Call call) {
        renewed = call.limits();
        renewals += way == Way.LOSE_REQUESTS ? 0 : 1;
        return trip(() -> store.goesOn(call));
    }

    @Override
    public void whenCalled(int instance, LongConsumer request) {
        store.whenCalled(instance, request);
    }

    @Override
    public void close() {}
}
