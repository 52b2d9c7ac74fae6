package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CallsInFlightContract;
import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.ManualTime;
import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisCallsInFlightIT extends CallsInFlightContract {

    /** A negative one: its number in the name of the channel is unsigned. */
    private static final int INSTANCE = -7;

    private final LettuceScriptExecutor executor = RedisServer.shared().executor();
    private ManualTime clock = new ManualTime();

    @Override
    protected CreditStore store(ManualTime time) {
        this.clock = time;
        return new RedisCreditStore(executor, "it:", time, time::micros);
    }

    @Test
    void theInstanceOfWhoIsCalledUpHearsOfIt() throws InterruptedException {
        CreditKey key = new CreditKey("contract", UUID.randomUUID().toString());
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        RedisClient client = RedisClient.create(RedisServer.shared().uri());
        try (StatefulRedisPubSubConnection<byte[], byte[]> connection =
                client.connectPubSub(io.lettuce.core.codec.ByteArrayCodec.INSTANCE)) {
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] channel, byte[] message) {
                    heard.add(message);
                }
            });
            connection
                    .sync()
                    .subscribe(("rrl:called:" + Integer.toUnsignedLong(INSTANCE)).getBytes(StandardCharsets.US_ASCII));
            store().take(call(key, 5L, 0, 1)).toCompletableFuture().join();
            store().take(call(key, Integer.toUnsignedLong(INSTANCE), 60_000_000, 0x0102_0304_0506L))
                    .toCompletableFuture()
                    .join();
            store().ended(call(key, 5L, 0, 3)).toCompletableFuture().join();

            byte[] message = heard.poll(10, TimeUnit.SECONDS);

            assertThat(ByteBuffer.wrap(Arrays.copyOf(message, Long.BYTES))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong())
                    .isEqualTo(0x0102_0304_0506L);
        } finally {
            client.shutdown(0, 0, TimeUnit.SECONDS);
        }
    }

    /** As a driver does whose answer was lost. */
    @Test
    void endsThatTravelTogetherAndAreSentTwiceEndEachCallOnce() {
        CreditKey key = new CreditKey("contract", UUID.randomUUID().toString());
        Flight flight = new Flight(5, Duration.ofSeconds(10), 9, CountUntil.COMPLETION);
        for (int i = 1; i <= 9; i++) {
            assertThat(begin(key, flight, i)).isInstanceOf(Decision.Taken.class);
        }
        byte[] wish =
                Wish.endedTogether(of(key, flight, Collections.nCopies(7, new Request(0, 0, 0))), 99, clock.micros());
        byte[][] names = {new RedisKeys("it:").name(key)};

        byte[] told = executor.execute(RedisCreditStore.script(), names, new byte[][] {wish.clone()})
                .toCompletableFuture()
                .join();
        byte[] again = executor.execute(RedisCreditStore.script(), names, new byte[][] {wish.clone()})
                .toCompletableFuture()
                .join();

        assertThat(new Answer(told).first()).isEqualTo(1);
        assertThat(new Answer(again).lost()).isTrue();
        for (int i = 11; i <= 17; i++) {
            assertThat(begin(key, flight, i)).isInstanceOf(Decision.Taken.class);
        }
        assertThat(begin(key, flight, 18)).isInstanceOf(Decision.Refused.class);
    }

    private Decision begin(CreditKey key, Flight flight, long id) {
        return store().take(of(key, flight, List.of(new Request(1, 0, id))))
                .toCompletableFuture()
                .join()
                .decisions()
                .get(0);
    }

    private static Call of(CreditKey key, Flight flight, List<Request> requests) {
        return new Call(
                key, List.of(), Duration.ZERO, Duration.ZERO, Optional.of(flight), requests, Duration.ofSeconds(10));
    }

    private static Call call(CreditKey key, long lease, long maxWait, long id) {
        Flight flight = new Flight(lease, Duration.ofSeconds(10), 1, CountUntil.COMPLETION);
        return new Call(
                key,
                List.of(),
                Duration.ZERO,
                Duration.ZERO,
                Optional.of(flight),
                List.of(new Request(1, maxWait, id)),
                Duration.ofSeconds(1));
    }
}
