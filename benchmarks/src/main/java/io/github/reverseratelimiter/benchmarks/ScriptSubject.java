package io.github.reverseratelimiter.benchmarks;

import static io.github.reverseratelimiter.benchmarks.Pipeline.bytes;

import io.github.reverseratelimiter.RateLimit;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A yardstick: its script, sent as it is. */
final class ScriptSubject implements Subject {

    private final Redis redis;
    private final Pipeline pipeline;
    private final Yardstick yardstick;
    private final List<RateLimit> limits;
    private final String sha;
    private final String[] keys;
    private final byte[][] keyBytes;
    private final List<CompletableFuture<List<Object>>> pending = new ArrayList<>();
    private long now = START;
    private int member;

    ScriptSubject(Redis redis, Pipeline pipeline, Yardstick yardstick, List<RateLimit> limits) {
        this.redis = redis;
        this.pipeline = pipeline;
        this.yardstick = yardstick;
        this.limits = limits;
        this.sha = redis.load(yardstick.script());
        this.keys = new String[limits.size()];
        this.keyBytes = new byte[keys.length][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "rrl:figures:" + yardstick + ":" + i;
            keyBytes[i] = bytes(keys[i]);
        }
    }

    @Override
    public String title() {
        return yardstick.title();
    }

    @Override
    public boolean decides() {
        return yardstick != Yardstick.TRIVIAL;
    }

    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public void forget() {
        redis.delete(keys);
        now = START;
    }

    @Override
    public void keep() {
        redis.keep(keys);
    }

    @Override
    public void pass(long micros) {
        now += micros;
    }

    /** The members are added many at a time; the last one by the script, which clears away what is too old. */
    @Override
    public void fill(int credits, long pace) {
        for (String key : keys) {
            redis.fillSortedSet(key, credits - 1, now + pace, pace);
        }
        pass(credits * pace);
        take(1, 0);
        flush();
    }

    @Override
    public void take(int credits, long maxWait) {
        member = member % 999_999 + 1;
        byte[][] arguments = yardstick == Yardstick.BAREST_ZSET ? barest(limits.get(0)) : arguments(credits, maxWait);
        pending.add(pipeline.send(sha, ScriptOutputType.MULTI, keyBytes, arguments));
    }

    private byte[][] barest(RateLimit limit) {
        return new byte[][] {
            bytes(Long.toString(now)),
            bytes(Long.toString(limit.windowMicros())),
            bytes(Integer.toString(limit.limit())),
            bytes(String.format(Locale.ROOT, "%06d%d", member, now)),
            bytes(Long.toString(limit.windowMicros() / 1_000))
        };
    }

    private byte[][] arguments(int credits, long maxWait) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(bytes(Long.toString(now)));
        arguments.add(bytes(Integer.toString(credits)));
        arguments.add(bytes(Long.toString(maxWait)));
        arguments.add(bytes(String.format(Locale.ROOT, "%06d", member)));
        for (RateLimit limit : limits) {
            arguments.add(bytes(Integer.toString(limit.limit())));
            arguments.add(bytes(Long.toString(limit.windowMicros())));
        }
        return arguments.toArray(byte[][]::new);
    }

    @Override
    public int flush() {
        pipeline.flush();
        int granted = 0;
        for (CompletableFuture<List<Object>> reply : pending) {
            granted += yardstick.granted(reply.join()) ? 1 : 0;
        }
        pending.clear();
        return granted;
    }
}
