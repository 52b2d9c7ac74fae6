package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import java.util.concurrent.CompletionStage;

/** What a store does without sharing trips. */
public final class Alone {

    private Alone() {}

    /** As {@link RedisCreditStore#take}, on a trip of its own. */
    public static CompletionStage<Reply> take(RedisCreditStore store, Call call) {
        return store.decide(call);
    }
}
