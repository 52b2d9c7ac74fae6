package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Both stores against two models, in virtual time: random lives of two keys that are taken alone and together. {@code
 * -Dmodel.seed} begins elsewhere; {@code -Dmodel.pair} runs one life again.
 */
class PairIT {

    private static final long SEED = Long.getLong("model.seed", 20_260_101L);
    private static final int OPERATIONS = 30_000;
    private static final int LENGTH = 300;

    /** The script is handed the time on its way to a real server. */
    private static final class InRedis implements Pair.Subject, RedisScriptExecutor {

        private static final String PREFIX = "pair:";

        private final StatefulRedisConnection<byte[], byte[]> connection;
        private final RedisCreditStore store = new RedisCreditStore(this, PREFIX);
        private long time;

        private InRedis(StatefulRedisConnection<byte[], byte[]> connection) {
            this.connection = connection;
            connection.sync().scriptLoad(RedisCreditStore.script().bodyBytes());
        }

        @Override
        public CreditStore store() {
            return store;
        }

        @Override
        public void time(long micros) {
            time = micros;
        }

        @Override
        public String state(CreditKey key) {
            byte[] name = (PREFIX + key.limiter() + ":" + key.value()).getBytes(StandardCharsets.UTF_8);
            byte[] state = connection.sync().get(name);
            return state == null ? "" : HexFormat.of().formatHex(state);
        }

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            ByteBuffer.wrap(arguments[0])
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putDouble((double) time)
                    .putDouble(0);
            return connection.async().evalsha(script.sha1(), ScriptOutputType.VALUE, keys, arguments);
        }

        @Override
        public void close() {}
    }

    private static final class InMemory implements Pair.Subject {

        /** What the store calls the beginning. */
        private static final long BEGIN = Duration.ofDays(36_500).toNanos() / 1_000;

        private long nanos;
        private final InMemoryCreditStore store = new InMemoryCreditStore(() -> nanos);

        @Override
        public CreditStore store() {
            return store;
        }

        @Override
        public void time(long micros) {
            nanos = (micros - BEGIN) * 1_000;
        }

        @Override
        public String state(CreditKey key) {
            return "";
        }
    }

    private record Tally(long lives, long operations, long together, long refused) {}

    @Test
    void theScriptTakesTwoKeysAsTheModelSays() {
        try (RedisClient client = RedisClient.create(RedisServer.shared().uri())) {
            InRedis redis = new InRedis(client.connect(ByteArrayCodec.INSTANCE));

            judge("redis", run(redis, 1_800_000_000_000_000L));
        }
    }

    @Test
    void theStoreInMemoryTakesTwoKeysAsTheModelSays() {
        judge("memory", run(new InMemory(), InMemory.BEGIN));
    }

    private static Tally run(Pair.Subject subject, long begin) {
        Long only = Long.getLong("model.pair");
        Tally tally = new Tally(0, 0, 0, 0);
        for (long seed = only == null ? SEED : only; tally.operations() < OPERATIONS; seed++) {
            Pair pair = new Pair(seed, subject, begin);
            pair.run(LENGTH);
            tally = new Tally(
                    tally.lives() + 1,
                    tally.operations() + pair.operations(),
                    tally.together() + pair.together(),
                    tally.refused() + pair.refused());
        }
        return tally;
    }

    private static void judge(String store, Tally tally) {
        System.out.println("model of two keys in " + store + ", seed " + SEED + ": " + tally);
        assertThat(tally.operations()).isGreaterThanOrEqualTo(OPERATIONS);
        assertThat(tally.together()).isGreaterThan(3_000);
        assertThat(tally.refused()).isGreaterThan(3_000);
    }
}
