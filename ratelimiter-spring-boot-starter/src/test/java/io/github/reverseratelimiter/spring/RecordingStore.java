package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Counts in memory, and notes what it was asked for. */
final class RecordingStore implements CreditStore {

    final List<Call> calls = new ArrayList<>();
    final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final CreditStore store;

    RecordingStore() {
        this(TimeSource.system());
    }

    RecordingStore(TimeSource time) {
        this.store = new InMemoryCreditStore(time);
    }

    /** Credits that were taken, less those that came back. */
    int held() {
        return held.get();
    }

    List<String> keys() {
        return calls.stream().map(call -> call.key().value()).toList();
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        calls.add(call);
        return store.take(call).thenApply(reply -> {
            for (int i = 0; i < reply.decisions().size(); i++) {
                if (reply.decisions().get(i) instanceof Decision.Taken) {
                    held.addAndGet(call.requests().get(i).credits());
                }
            }
            return reply;
        });
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        this.calls.addAll(calls);
        return store.takeAll(calls).thenApply(replies -> {
            if (replies.stream().allMatch(reply -> reply.decisions().get(0) instanceof Decision.Taken)) {
                calls.forEach(call -> held.addAndGet(call.requests().get(0).credits()));
            }
            return replies;
        });
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return store.refund(key, credits, at).thenApply(back -> {
            held.addAndGet(-back);
            return back;
        });
    }

    @Override
    public CompletionStage<Boolean> ended(Call call) {
        return store.ended(call);
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return store.notMade(call, request);
    }

    @Override
    public CompletionStage<Boolean> withdrawn(Call call, long request) {
        return store.withdrawn(call, request);
    }

    @Override
    public CompletionStage<Boolean> goesOn(Call call) {
        return store.goesOn(call);
    }

    @Override
    public void whenCalled(int instance, LongConsumer listener) {
        store.whenCalled(instance, listener);
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return store.pause(key, duration);
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        store.close();
    }
}
