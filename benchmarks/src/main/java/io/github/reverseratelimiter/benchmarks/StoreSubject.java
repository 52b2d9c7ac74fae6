package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.ScriptOutputType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The real store and the real script, which is handed the time on its way to the server. */
final class StoreSubject implements Subject, RedisScriptExecutor {

    /** Calls that are sent together while a state is prepared. */
    private static final int BATCH = 500;

    static final String NAME = "rrl:figures:acme";

    /** Where the script would not ask for the time because it was handed one. */
    private static final String UNLESS_HANDED_IN = """
            if raw == 0 then
              local t = call('TIME')
              raw = t[1] * 1000000 + t[2]
            end
            """;

    private static final String ALWAYS = """
            do
              local t = call('TIME')
              local clock = t[1] * 1000000 + t[2]
              if raw == 0 then raw = clock end
            end
            """;

    private final Redis redis;
    private final Pipeline pipeline;
    private final String sha;
    private final CreditKey key = new CreditKey("figures", "acme");
    private final List<CompletableFuture<Reply>> pending = new ArrayList<>();
    private List<RateLimit> limits;
    private long now = START;
    private long identity;

    StoreSubject(Redis redis, Pipeline pipeline, List<RateLimit> limits) {
        this.redis = redis;
        this.pipeline = pipeline;
        this.limits = limits;
        this.sha = redis.load(askingForTheTime(RedisCreditStore.script().body()));
    }

    /** The script that asks the server for the time as it does in production, and then uses what it was handed. */
    private static String askingForTheTime(String script) {
        if (!script.contains(UNLESS_HANDED_IN)) {
            throw new IllegalStateException("the script reads the clock in other words now: change them here too");
        }
        return script.replace(UNLESS_HANDED_IN, ALWAYS);
    }

    @Override
    public String title() {
        return "ours";
    }

    @Override
    public boolean decides() {
        return true;
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public void forget() {
        redis.delete(NAME);
        now = START;
    }

    /** From now on other limits are stated. */
    void limits(List<RateLimit> others) {
        limits = others;
    }

    @Override
    public void keep() {
        redis.keep(NAME);
    }

    @Override
    public void pass(long micros) {
        now += micros;
    }

    @Override
    public void fill(int credits, long pace) {
        fill(credits, pace, creditsInSlot(Situation.slowest(limits)));
    }

    /** So many by each call, each call as far from the one before. */
    void fill(int credits, long pace, int inOneCall) {
        for (int taken = 0; taken < credits; taken += inOneCall) {
            int n = Math.min(inOneCall, credits - taken);
            pass(n * pace);
            take(n, FOREVER);
            if (pending.size() == BATCH) {
                flush();
            }
        }
        flush();
    }

    /** Credits that share a slot in the ring; a call of so many fills one. */
    static int creditsInSlot(RateLimit limit) {
        return (limit.limit() + 4088) / 4089;
    }

    @Override
    public void take(int credits, long maxWait) {
        Request request = new Request(credits, maxWait, ++identity);
        Call call = new Call(key, limits, Duration.ZERO, List.of(request), Duration.ofMinutes(1));
        // A store of its own: those who share one share trips, and what is measured here is the script for one.
        RedisCreditStore store = new RedisCreditStore(this, RedisCreditStore.DEFAULT_KEY_PREFIX);
        pending.add(store.take(call).toCompletableFuture());
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] names, byte[][] arguments) {
        ByteBuffer.wrap(arguments[0])
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble((double) now)
                .putDouble(0);
        return pipeline.send(sha, ScriptOutputType.VALUE, names, arguments[0]);
    }

    @Override
    public int flush() {
        pipeline.flush();
        int granted = 0;
        for (CompletableFuture<Reply> reply : pending) {
            granted += reply.join().decisions().get(0) instanceof Decision.Taken ? 1 : 0;
        }
        pending.clear();
        return granted;
    }

    @Override
    public void close() {}
}
