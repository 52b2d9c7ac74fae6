package io.github.reverseratelimiter.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.reverseratelimiter.redis.EmptyTrips;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The most that sharing trips can give with this driver: callers share those of the yardstick, as ours share theirs. */
final class EmptyTripsGate implements Gate {

    private static final byte[][] KEYS = {"empty".getBytes(UTF_8)};

    private final RedisClient client;
    private final EmptyTrips trips;

    EmptyTripsGate(Site site) {
        this.client = RedisClient.create(site.redis());
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        String sha = connection.sync().scriptLoad(Bare.TRIVIAL.getBytes(UTF_8));
        this.trips = new EmptyTrips(
                () -> connection.async().<Long>evalsha(sha, ScriptOutputType.INTEGER, KEYS), site.limit());
    }

    @Override
    public boolean pass(int account) {
        return Parked.result(trips.take().toCompletableFuture());
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return trips.take();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
