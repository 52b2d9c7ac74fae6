package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * A store that is closed by others. The context closes its beans itself: the limiter first, then the store, once.
 *
 * @param bean counts
 */
record BorrowedCreditStore(CreditStore bean) implements CreditStore {

    @Override
    public CompletionStage<Reply> take(Call call) {
        return bean.take(call);
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        return bean.takeAll(calls);
    }

    @Override
    public void checkSeveralKeys() {
        bean.checkSeveralKeys();
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return bean.refund(key, credits, at);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, Refund refund) {
        return bean.refund(key, refund);
    }

    @Override
    public CompletionStage<Integer> refundAgain(CreditKey key, Refund refund) {
        return bean.refundAgain(key, refund);
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return bean.pause(key, duration);
    }

    @Override
    public CompletionStage<Boolean> ended(Call call) {
        return bean.ended(call);
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return bean.notMade(call, request);
    }

    @Override
    public CompletionStage<Boolean> withdrawn(Call call, long request) {
        return bean.withdrawn(call, request);
    }

    @Override
    public CompletionStage<Boolean> goesOn(Call call) {
        return bean.goesOn(call);
    }

    @Override
    public void whenReachable(Runnable listener) {
        bean.whenReachable(listener);
    }

    @Override
    public void tellThrough(Executor teller) {
        bean.tellThrough(teller);
    }

    @Override
    public void whenCalled(int instance, LongConsumer request) {
        bean.whenCalled(instance, request);
    }

    @Override
    public void close() {
        // the context does
    }
}
