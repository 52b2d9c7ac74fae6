package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Asks a store for credits now or not at all. */
record Asking(InMemoryCreditStore store, AtomicLong ids) {

    Asking(InMemoryCreditStore store) {
        this(store, new AtomicLong());
    }

    Reply take(CreditKey key, int credits, RateLimit... limits) {
        Request request = new Request(credits, 0, ids.incrementAndGet());
        return store.take(new Call(key, List.of(limits), Duration.ZERO, List.of(request), Duration.ofSeconds(1)))
                .toCompletableFuture()
                .join();
    }

    int refund(CreditKey key, int credits, long at) {
        return store.refund(key, credits, at).toCompletableFuture().join();
    }
}
