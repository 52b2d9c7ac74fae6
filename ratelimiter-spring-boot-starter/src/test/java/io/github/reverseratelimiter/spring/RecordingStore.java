package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts in memory, and notes what it was asked for. */
final class RecordingStore implements CreditStore {

    final List<Call> calls = new ArrayList<>();
    final AtomicInteger closes = new AtomicInteger();
    private final CreditStore store = new InMemoryCreditStore();

    List<String> keys() {
        return calls.stream().map(call -> call.key().value()).toList();
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        calls.add(call);
        return store.take(call);
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        this.calls.addAll(calls);
        return store.takeAll(calls);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return store.refund(key, credits, at);
    }

    @Override
    public CompletionStage<Long> pause(CreditKey key, Duration duration) {
        return store.pause(key, duration);
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        store.close();
    }
}
