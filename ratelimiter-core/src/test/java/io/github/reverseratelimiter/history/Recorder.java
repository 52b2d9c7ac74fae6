package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A connection that writes down every trip; it may run another script, with another clock, than it is asked to. */
final class Recorder implements RedisScriptExecutor {

    private static final int LIMITS_AT = 24;
    private static final int LIMIT_BYTES = 16;
    private static final int OPERATION_BYTES = 23;
    /** In the flags of an answer: takes that are alike, of which only the first one's numbers follow. */
    private static final int ALL_TAKEN = 16;

    private static final int ANSWER_BYTES = 32;
    private static final int ID_BYTES = 6;

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisClient client;
    private final Mutant mutant;
    private final long skewMicros;
    private final ConcurrentHashMap<String, Queue<Trip>> trips = new ConcurrentHashMap<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger identities = new AtomicInteger();

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
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        byte[] key = keys[0];
        byte[] argument = arguments[0];
        if (mutant != Mutant.NONE) {
            numbers(argument).putDouble(8, 0);
        }
        if (mutant == Mutant.CLIENT_CLOCK) {
            numbers(argument).putDouble(0, System.currentTimeMillis() * 1_000.0 + skewMicros);
        }
        String sha = mutant == Mutant.NONE ? script.sha1() : connection.sync().digest(mutant.body());
        calls.incrementAndGet();
        if (mutant != Mutant.NONE && isShared(argument)) {
            return oneByOne(sha, keys, argument);
        }
        return connection
                .async()
                .<byte[]>evalsha(sha, ScriptOutputType.VALUE, keys, argument)
                .exceptionallyCompose(failure -> {
                    if (!(failure instanceof RedisNoScriptException)) {
                        return CompletableFuture.failedStage(failure);
                    }
                    byte[] body = mutant == Mutant.NONE ? script.bodyBytes() : mutant.body();
                    return connection.async().eval(body, ScriptOutputType.VALUE, keys, argument);
                })
                .thenApply(answer -> {
                    write(new String(key, StandardCharsets.UTF_8), numbers(argument), numbers(answer));
                    return answer;
                });
    }

    private static int operationsAt(byte[] argument) {
        return LIMITS_AT + 1 + LIMIT_BYTES * argument[LIMITS_AT];
    }

    private static boolean isShared(byte[] argument) {
        return argument[operationsAt(argument)] == 'M';
    }

    /** What travels together, for a script that does not know of it: one take after another. */
    private CompletionStage<byte[]> oneByOne(String sha, byte[][] keys, byte[] argument) {
        int front = operationsAt(argument);
        CompletionStage<byte[]> all = CompletableFuture.completedStage(new byte[0]);
        int alike = (int) numbers(argument).getDouble(front + 1);
        int takes = alike > 0 ? alike : (argument.length - front) / OPERATION_BYTES - 1;
        for (int i = 0; i < takes; i++) {
            byte[] one = Arrays.copyOf(argument, front + OPERATION_BYTES);
            int from = front + OPERATION_BYTES * (alike > 0 ? 1 : 1 + i);
            System.arraycopy(argument, from, one, front, OPERATION_BYTES);
            numbers(one).putInt(front + OPERATION_BYTES - ID_BYTES, identities.incrementAndGet());
            all = all.thenCombine(
                    connection
                            .async()
                            .<byte[]>evalsha(sha, ScriptOutputType.VALUE, keys, one)
                            .thenApply(answer -> {
                                write(new String(keys[0], StandardCharsets.UTF_8), numbers(one), numbers(answer));
                                return answer;
                            }),
                    Recorder::together);
        }
        return all;
    }

    /** The first answer whole, of the others what was decided. */
    private static byte[] together(byte[] before, byte[] answer) {
        if (before.length == 0) {
            return answer;
        }
        byte[] both = Arrays.copyOf(before, before.length + ANSWER_BYTES);
        System.arraycopy(answer, ANSWER_BYTES, both, before.length, ANSWER_BYTES);
        return both;
    }

    @Override
    public void subscribe(String channel, Consumer<byte[]> listener) {
        StatefulRedisPubSubConnection<byte[], byte[]> own = client.connectPubSub(ByteArrayCodec.INSTANCE);
        own.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                listener.accept(message);
            }
        });
        own.sync().subscribe(channel.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String key, ByteBuffer asked, ByteBuffer answer) {
        int begin = LIMITS_AT + 1 + LIMIT_BYTES * asked.get(LIMITS_AT);
        Queue<Trip> of = trips.computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>());
        boolean together = asked.get(begin) == 'M';
        int alike = together ? (int) asked.getDouble(begin + 1) : 0;
        begin += together ? OPERATION_BYTES : 0;
        if (alike > 0) {
            boolean oneForAll = ((int) answer.getDouble(24) & ALL_TAKEN) != 0;
            for (int i = 0; i < alike; i++) {
                write(of, asked, begin, answer, ANSWER_BYTES * (oneForAll ? 1 : 1 + i));
            }
            return;
        }
        for (int i = begin, r = ANSWER_BYTES;
                i < asked.capacity() && r < answer.capacity();
                i += OPERATION_BYTES, r += ANSWER_BYTES) {
            write(of, asked, i, answer, r);
        }
    }

    private static void write(Queue<Trip> of, ByteBuffer asked, int i, ByteBuffer answer, int r) {
        long now = (long) answer.getDouble(8);
        int credits = (int) asked.getDouble(i + 1);
        if (asked.get(i) == 'T') {
            boolean taken = answer.getDouble(r) == 0;
            of.add(new Trip(Trip.Kind.TAKE, now, (long) answer.getDouble(r + 8), taken ? credits : 0));
        } else if (asked.get(i) == 'R') {
            long at = (long) asked.getDouble(i + 9);
            of.add(new Trip(Trip.Kind.REFUND, now, at, (int) answer.getDouble(r)));
        }
    }

    private static ByteBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        connection.close();
        client.close();
    }
}
