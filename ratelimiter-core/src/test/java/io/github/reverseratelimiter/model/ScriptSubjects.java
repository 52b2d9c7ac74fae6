package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The real script on the shared Redis, for the models of a class, as a static {@code @RegisterExtension}. */
final class ScriptSubjects implements BeforeAllCallback, AfterAllCallback {

    /** As many runs at once, for the server has one thread, and the model needs one. */
    static final int THREADS = 2;

    private static final long FAR_APART = 1_000_000;

    private @Nullable RedisClient client;

    @Override
    public void beforeAll(ExtensionContext context) {
        client = RedisClient.create(RedisServer.shared().uri());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Objects.requireNonNull(client, "connected").close();
    }

    /** On a connection of its own. */
    Subject subject() {
        return new RedisSubject(
                Objects.requireNonNull(client, "connected").connect(ByteArrayCodec.INSTANCE),
                RedisCreditStore.script().body());
    }

    /** Runs with different seeds, at once. */
    static <T> List<T> atOnce(long seed, LongFunction<T> run) {
        List<CompletableFuture<T>> runs = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long own = seed + i * FAR_APART;
            runs.add(CompletableFuture.supplyAsync(() -> run.apply(own)));
        }
        return runs.stream().map(CompletableFuture::join).toList();
    }

    /** What went wrong in a life, and how to see it again. */
    static AssertionError wentWrong(long seed, long operations, String shown, Throwable failure) {
        return new AssertionError(
                "scenario " + seed + " (see it again with -Dmodel.scenario=" + seed + ") after " + operations
                        + " operations: " + failure.getMessage() + "\n  " + shown,
                failure);
    }
}
