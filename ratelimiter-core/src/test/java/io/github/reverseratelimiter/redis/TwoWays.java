package io.github.reverseratelimiter.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sends each wish to two keys: to one as it is, and to the other so that only the long way of the script can decide it. */
final class TwoWays implements AutoCloseable {

    static final byte[] SHORT = "two-ways:short".getBytes(StandardCharsets.UTF_8);
    static final byte[] LONG = "two-ways:long".getBytes(StandardCharsets.UTF_8);

    private static final int WINDOWS_AT = 24;
    private static final int WINDOW_BYTES = 16;
    private static final int OPERATION_BYTES = 23;
    private static final int WINDOWS_OF_STATE_AT = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Of a state of one window: its expiry; where its window began when it was last looked at; what of it may be lost. */
    private static final int[][] DIFFERS = {{139, 146}, {166, 207}, {214, 220}};

    /** And when identities were granted: of takes that travel together it is the first or the last time, which nobody asks for. */
    private static final int IDS_AT = 61;

    private static final int IDS_BYTES = 78;
    private static final int ID_BYTES = 13;
    private static final int TIME_OF_ID_AT = 6;

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final String sha;

    /** What one of the two keys said to each wish, what it held after the first and after the last, and for how long. */
    record Told(List<byte[]> answers, List<byte[]> states, long firstMillis) {

        byte[] first() {
            return states.get(0);
        }

        byte[] last() {
            return states.get(1);
        }
    }

    /** What both said. */
    record Both(Told shortWay, Told longWay) {}

    TwoWays(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect(ByteArrayCodec.INSTANCE);
        sha = connection.sync().scriptLoad(RedisCreditStore.script().bodyBytes());
    }

    /** The same wish, before which stands a pace of nothing. */
    static byte[] longWay(byte[] wish) {
        if (wish[WINDOWS_AT] == 0) {
            return wish; // gives back, or pauses: the long way does
        }
        int operations = WINDOWS_AT + 1 + wish[WINDOWS_AT] * WINDOW_BYTES;
        byte[] paced = new byte[wish.length + OPERATION_BYTES];
        System.arraycopy(wish, 0, paced, 0, operations);
        paced[operations] = 'G';
        System.arraycopy(wish, operations, paced, operations + OPERATION_BYTES, wish.length - operations);
        return paced;
    }

    /** What both ways write alike; nothing of a state that the short way does not know. */
    static byte[] alike(byte[] state) {
        if (state[WINDOWS_OF_STATE_AT] != 1) {
            return new byte[0];
        }
        byte[] alike = state.clone();
        for (int[] range : DIFFERS) {
            Arrays.fill(alike, range[0], range[1], (byte) 0);
        }
        for (int at = IDS_AT; at < IDS_AT + IDS_BYTES; at += ID_BYTES) {
            Arrays.fill(alike, at + TIME_OF_ID_AT, at + ID_BYTES, (byte) 0);
        }
        return alike;
    }

    /** One wish, outside of a transaction; throws what Redis answers. */
    byte[] ask(byte[] key, byte[] wish) {
        byte[][] keys = {key};
        return connection.sync().evalsha(sha, ScriptOutputType.VALUE, keys, wish);
    }

    /** All of them to two keys that are new, in one transaction: in that no key expires. */
    Both ask(List<byte[]> wishes) {
        RedisAsyncCommands<byte[], byte[]> async = connection.async();
        connection.setAutoFlushCommands(false);
        RedisFuture<String> begun = async.multi();
        RedisFuture<Long> deleted = async.del(SHORT, LONG);
        Asked shortWay = new Asked(async, SHORT);
        Asked longWay = new Asked(async, LONG);
        for (byte[] wish : wishes) {
            shortWay.ask(wish);
            longWay.ask(longWay(wish));
        }
        shortWay.end();
        longWay.end();
        RedisFuture<TransactionResult> done = async.exec();
        connection.setAutoFlushCommands(true);
        connection.flushCommands();
        if (!LettuceFutures.awaitAll(PATIENCE, begun, deleted, done)) {
            throw new IllegalStateException("no answer");
        }
        return new Both(shortWay.told(), longWay.told());
    }

    /** One of the keys, while a transaction is put together. */
    private final class Asked {

        private final RedisAsyncCommands<byte[], byte[]> async;
        private final byte[] key;
        private final List<RedisFuture<byte[]>> answers = new ArrayList<>();
        private final List<RedisFuture<byte[]>> states = new ArrayList<>();
        private final List<RedisFuture<Long>> millis = new ArrayList<>();

        Asked(RedisAsyncCommands<byte[], byte[]> async, byte[] key) {
            this.async = async;
            this.key = key;
        }

        void ask(byte[] wish) {
            byte[][] keys = {key};
            answers.add(async.evalsha(sha, ScriptOutputType.VALUE, keys, wish));
            if (answers.size() == 1) {
                states.add(async.get(key));
                millis.add(async.pttl(key));
            }
        }

        void end() {
            states.add(async.get(key));
        }

        Told told() {
            return new Told(
                    answers.stream().map(TwoWays::now).toList(),
                    states.stream().map(TwoWays::now).toList(),
                    now(millis.get(0)));
        }
    }

    private static <T> T now(RedisFuture<T> future) {
        return future.toCompletableFuture().join();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
