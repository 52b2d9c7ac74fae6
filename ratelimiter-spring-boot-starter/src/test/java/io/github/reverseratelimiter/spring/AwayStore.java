package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store that fails, always in the same way.
 *
 * @param failure of everything it is asked
 */
public record AwayStore(RuntimeException failure) implements CreditStore {

    @Override
    public CompletionStage<Reply> take(Call call) {
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public void close() {}
}
