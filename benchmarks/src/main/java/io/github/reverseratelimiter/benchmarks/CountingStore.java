package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the limiter asks of its store. */
final class CountingStore implements CreditStore {

    private final CreditStore store;
    private final AtomicLong takes = new AtomicLong();
    private final AtomicLong refunds = new AtomicLong();

    CountingStore(CreditStore store) {
        this.store = store;
    }

    void reset() {
        takes.set(0);
        refunds.set(0);
    }

    long takes() {
        return takes.get();
    }

    long refunds() {
        return refunds.get();
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        takes.incrementAndGet();
        return store.take(call);
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        takes.incrementAndGet();
        return store.takeAll(calls);
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
    public void close() {
        store.close();
    }
}
