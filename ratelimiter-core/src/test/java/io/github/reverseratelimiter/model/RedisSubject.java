package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The store in Redis, whose script is handed the time on its way to a real server. Expiry follows the handed-in time too: before each operation the key
 * gets a lifetime of a year, which the script replaces if it sets one; what it set is remembered, and once that has
 * passed, the key is deleted.
 */
final class RedisSubject implements Subject, RedisScriptExecutor {

    private static final long YEAR_MILLIS = 366L * 86_400_000;
    /** Above this size the state is only looked at now and then. */
    private static final int LARGE = 4_096;

    private static final int FLAGS_AT = 3;
    private static final int OPERATION_BYTES = 23;
    private static final int ID_BYTES = 6;
    /** Nobody else asks for it: it is gone whenever it is asked for. */
    private final StatefulRedisConnection<byte[], byte[]> connection;

    private final List<String> shas;
    private final long[] runs;
    private final RedisCreditStore store = new RedisCreditStore(this, "model:");
    private CreditKey key = new CreditKey("model", "none");
    /** Of this life alone: lives that run at once would fill each other's windows. */
    private CreditKey another = key;

    private byte[] name = {};
    private long time;
    private byte[] before;
    private byte[] after;
    private boolean compared;
    private boolean together;
    private boolean refreshed;
    private long expiresAt = Long.MAX_VALUE;
    private long operations;
    private Random choice = new Random(0);

    /** Of several scripts any runs at any time, as while a new version is rolled out. */
    RedisSubject(StatefulRedisConnection<byte[], byte[]> connection, String... bodies) {
        this.connection = connection;
        this.shas = Arrays.stream(bodies)
                .map(body -> connection.sync().scriptLoad(body.getBytes(StandardCharsets.UTF_8)))
                .toList();
        this.runs = new long[bodies.length];
        fresh();
    }

    /** How often each of the scripts ran. */
    long[] runs() {
        return runs.clone();
    }

    @Override
    public void fresh() {
        if (name.length > 0) {
            connection.sync().del(name);
        }
        name = new byte[0];
        key = new CreditKey("model", UUID.randomUUID().toString());
        another = new CreditKey("model", "another " + UUID.randomUUID());
        before = null;
        after = null;
        expiresAt = Long.MAX_VALUE;
        choice = new Random(0);
    }

    @Override
    public boolean expired(long time) {
        if (time < expiresAt) {
            return false;
        }
        connection.sync().del(name);
        after = null;
        expiresAt = Long.MAX_VALUE;
        return true;
    }

    @Override
    public boolean showsExpiry() {
        return true;
    }

    @Override
    public Reply take(long time, Call call) {
        this.time = time;
        return store.take(own(call)).toCompletableFuture().join();
    }

    /** An earlier script does not know them, and is never asked. */
    @Override
    public boolean knowsTravellers() {
        return shas.size() == 1;
    }

    @Override
    public Reply takeTogether(long now, Call call) {
        together = true;
        try {
            return take(now, call);
        } finally {
            together = false;
        }
    }

    /** As the store asks for several callers: one identity before the takes, none in them. */
    private static byte[] together(byte[] wish) {
        int front = front(wish);
        ByteBuffer bytes = ByteBuffer.allocate(wish.length + OPERATION_BYTES)
                .put(wish, 0, front)
                .put((byte) 'M');
        bytes.position(front + OPERATION_BYTES - ID_BYTES);
        bytes.put(wish, front + OPERATION_BYTES - ID_BYTES, ID_BYTES).put(wish, front, wish.length - front);
        for (int end = front + 2 * OPERATION_BYTES; end <= bytes.capacity(); end += OPERATION_BYTES) {
            Arrays.fill(bytes.array(), end - ID_BYTES, end, (byte) 0);
        }
        return bytes.array();
    }

    @Override
    public Reply takeWithAnother(long time, Call call) {
        this.time = time;
        Call other = new Call(another, call.limits(), call.margin(), call.requests(), call.timeout());
        return store.takeAll(List.of(own(call), other))
                .toCompletableFuture()
                .join()
                .get(0);
    }

    private Call own(Call call) {
        return new Call(key, call.limits(), call.margin(), call.pace(), call.flight(), call.requests(), call.timeout());
    }

    @Override
    public boolean ended(long time, Call call) {
        this.time = time;
        return store.ended(own(call)).toCompletableFuture().join();
    }

    @Override
    public boolean notMade(long time, Call call, long request) {
        this.time = time;
        return store.notMade(own(call), request).toCompletableFuture().join();
    }

    @Override
    public boolean withdrawn(long time, Call call, long request) {
        this.time = time;
        return store.withdrawn(own(call), request).toCompletableFuture().join();
    }

    @Override
    public boolean goesOn(long time, Call call) {
        this.time = time;
        return store.goesOn(own(call)).toCompletableFuture().join();
    }

    @Override
    public Optional<Boolean> flies() {
        byte[] state = connection.sync().get(name);
        return Optional.of(state != null && state[FLAGS_AT] != 0);
    }

    /** Messages arrive at another time. */
    @Override
    public Optional<List<Long>> told() {
        return Optional.empty();
    }

    @Override
    public int refund(long time, int credits, long at) {
        this.time = time;
        return store.refund(key, credits, at).toCompletableFuture().join();
    }

    @Override
    public long pause(long time, long duration) {
        this.time = time;
        return store.pause(key, Duration.ofNanos(duration * 1_000))
                .toCompletableFuture()
                .join()
                .held();
    }

    @Override
    public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
        name = keys[0];
        ByteBuffer.wrap(arguments[0])
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble((double) time)
                .putDouble(0);
        if (keys.length > 1) {
            connection.sync().del(keys[1]);
        }
        if (!together) {
            return CompletableFuture.completedFuture(run(keys, arguments));
        }
        byte[] wish = together(arguments[0]);
        int takes = (arguments[0].length - front(wish)) / OPERATION_BYTES;
        byte[] alike = choice.nextBoolean() ? alike(wish, takes) : wish;
        return CompletableFuture.completedFuture(each(run(keys, new byte[][] {alike}), wish, takes));
    }

    private static int front(byte[] wish) {
        return 25 + wish[24] * 16;
    }

    /** The same takes in one, if they are alike. */
    private static byte[] alike(byte[] wish, int takes) {
        int first = front(wish) + OPERATION_BYTES;
        for (int from = first; from < wish.length; from += OPERATION_BYTES) {
            if (!Arrays.equals(wish, first, first + OPERATION_BYTES, wish, from, from + OPERATION_BYTES)) {
                return wish;
            }
        }
        byte[] alike = Arrays.copyOf(wish, first + OPERATION_BYTES);
        ByteBuffer.wrap(alike).order(ByteOrder.LITTLE_ENDIAN).putDouble(front(wish) + 1, takes);
        return alike;
    }

    /** An answer to takes that are alike, as that to each of them. */
    private static byte[] each(byte[] answer, byte[] wish, int takes) {
        ByteBuffer told = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        int flags = (int) told.getDouble(24);
        if ((flags & 16) == 0) {
            return answer;
        }
        double credits =
                ByteBuffer.wrap(wish).order(ByteOrder.LITTLE_ENDIAN).getDouble(front(wish) + OPERATION_BYTES + 1);
        ByteBuffer each = ByteBuffer.allocate(32 * (1 + takes)).order(ByteOrder.LITTLE_ENDIAN);
        each.put(answer, 0, 24).putDouble(flags & ~16);
        for (int i = 0; i < takes; i++) {
            each.put(answer, 32, 16).putDouble(told.getDouble(48) - i * credits).put(answer, 56, 8);
        }
        return each.array();
    }

    @Override
    public void close() {}

    private byte[] run(byte[][] keys, byte[][] arguments) {
        operations++;
        int script = choice.nextInt(shas.size());
        runs[script]++;
        boolean look = after == null || after.length < LARGE || operations % 16 == 0;
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        connection.setAutoFlushCommands(false);
        commands.pexpire(name, YEAR_MILLIS);
        RedisFuture<byte[]> old = look ? commands.get(name) : null;
        RedisFuture<byte[]> reply = commands.evalsha(shas.get(script), ScriptOutputType.VALUE, keys, arguments);
        RedisFuture<Long> ttl = commands.pttl(name);
        RedisFuture<byte[]> state = look ? commands.get(name) : null;
        connection.flushCommands();
        connection.setAutoFlushCommands(true);
        byte[] answer = reply.toCompletableFuture().join();
        compared = look;
        if (old != null && state != null) {
            before = old.toCompletableFuture().join();
            after = state.toCompletableFuture().join();
        }
        long millis = ttl.toCompletableFuture().join();
        assertThat(millis).as("PTTL of the key (-1: none)").isNotEqualTo(-1);
        refreshed = millis >= 0 && millis < YEAR_MILLIS - 60_000;
        if (refreshed) {
            expiresAt = time + millis * 1_000;
        }
        if (millis == -2) {
            expiresAt = Long.MAX_VALUE;
        } else {
            assertThat(expiresAt)
                    .as("a key that exists has been given a lifetime")
                    .isNotEqualTo(Long.MAX_VALUE);
        }
        return answer;
    }

    @Override
    public void inspect(boolean mayWrite, long neededUntil) {
        if (!mayWrite && compared) {
            assertThat(Arrays.equals(before, after))
                    .as("an operation that did nothing left the state as it was")
                    .isTrue();
        }
        if (!mayWrite) {
            assertThat(refreshed).as("an operation that did nothing set a TTL").isFalse();
        }
        if (neededUntil > 0) {
            // PTTL counts down while we ask: a few milliseconds of real time.
            assertThat(expiresAt + 50_000).as("the key outlives its need").isGreaterThanOrEqualTo(neededUntil);
        }
    }
}
