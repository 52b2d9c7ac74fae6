package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A connection that writes down every trip; it may run another script, with another clock, than it is asked to. */
final class Recorder implements RedisScriptExecutor {

    private static final int ARGUMENTS_BEFORE_LIMITS = 4;

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisClient client;
    private final Mutant mutant;
    private final long skewMicros;
    private final ConcurrentHashMap<String, Queue<Trip>> trips = new ConcurrentHashMap<>();
    private final AtomicLong calls = new AtomicLong();

    Recorder(String uri, Mutant mutant, long skewMicros) {
        this.client = RedisClient.create(uri);
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
        this.mutant = mutant;
        this.skewMicros = skewMicros;
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }

    /** Trips of the keys whose name ends so, in no order. */
    List<Trip> trips(String key) {
        return trips.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(":" + key))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    /** Whether this script lets callers wait in line. */
    boolean waits() {
        return mutant == Mutant.NONE || mutant == Mutant.WINDOW_TOO_SHORT || mutant == Mutant.WINDOW_TOO_LONG;
    }

    /** EVALSHA commands that were sent. */
    long calls() {
        return calls.get();
    }

    @Override
    public CompletionStage<List<Long>> execute(RedisScript script, byte[] key, List<byte[]> arguments) {
        byte[][] values = arguments.toArray(byte[][]::new);
        if (mutant != Mutant.NONE) {
            values[1] = new byte[] {'0'};
        }
        if (mutant == Mutant.CLIENT_CLOCK) {
            values[0] = Long.toString(System.currentTimeMillis() * 1_000 + skewMicros)
                    .getBytes(StandardCharsets.US_ASCII);
        }
        String sha = mutant == Mutant.NONE ? script.sha1() : connection.sync().digest(mutant.body());
        byte[][] keys = {key};
        calls.incrementAndGet();
        return connection
                .async()
                .<List<Long>>evalsha(sha, ScriptOutputType.MULTI, keys, values)
                .exceptionallyCompose(failure -> {
                    if (!(failure instanceof RedisNoScriptException)) {
                        return CompletableFuture.failedStage(failure);
                    }
                    byte[] body = mutant == Mutant.NONE ? script.bodyBytes() : mutant.body();
                    return connection.async().eval(body, ScriptOutputType.MULTI, keys, values);
                })
                .thenApply(answer -> {
                    write(new String(key, StandardCharsets.UTF_8), values, answer);
                    return answer;
                });
    }

    private void write(String key, byte[][] values, List<Long> answer) {
        int begin = ARGUMENTS_BEFORE_LIMITS + 2 * Integer.parseInt(text(values[3]));
        Queue<Trip> of = trips.computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>());
        for (int i = begin, r = 4; i < values.length && r < answer.size(); i += 4, r += 4) {
            int credits = Integer.parseInt(text(values[i + 1]));
            if (values[i][0] == 'T') {
                of.add(new Trip(Trip.Kind.TAKE, answer.get(1), answer.get(r + 1), answer.get(r) == 0 ? credits : 0));
            } else if (values[i][0] == 'R') {
                long at = Long.parseLong(text(values[i + 2]));
                of.add(new Trip(
                        Trip.Kind.REFUND, answer.get(1), at, answer.get(r).intValue()));
            }
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        connection.close();
        client.close();
    }
}
