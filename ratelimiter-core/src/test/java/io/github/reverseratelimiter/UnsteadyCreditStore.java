package io.github.reverseratelimiter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** One instance's way to a store: a test cuts it, blocks it, and opens it again. */
final class UnsteadyCreditStore implements CreditStore {

    private final CreditStore store;
    private volatile Supplier<CreditStoreException> failure = () -> new CreditStoreException("connection refused");
    private volatile Way way = Way.OPEN;
    final AtomicInteger trips = new AtomicInteger();
    final AtomicInteger refunds = new AtomicInteger();

    private enum Way {
        OPEN,
        CUT,
        BLOCKED
    }

    UnsteadyCreditStore(CreditStore store) {
        this.store = store;
    }

    void open() {
        way = Way.OPEN;
    }

    /** Trips fail at once. */
    void cut() {
        way = Way.CUT;
    }

    void cut(Supplier<CreditStoreException> with) {
        failure = with;
        cut();
    }

    /** Trips are never answered. */
    void block() {
        way = Way.BLOCKED;
    }

    private <T> CompletionStage<T> trip(Supplier<CompletionStage<T>> trip) {
        trips.incrementAndGet();
        return switch (way) {
            case OPEN -> trip.get();
            case CUT -> CompletableFuture.failedFuture(failure.get());
            case BLOCKED -> new CompletableFuture<>();
        };
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        return trip(() -> store.take(call));
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        return trip(() -> store.takeAll(calls));
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        refunds.incrementAndGet();
        return store.refund(key, credits, at);
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return store.pause(key, duration);
    }

    @Override
    public void close() {}
}
