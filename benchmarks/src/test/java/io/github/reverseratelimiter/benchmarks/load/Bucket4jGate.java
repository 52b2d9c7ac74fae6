package io.github.reverseratelimiter.benchmarks.load;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.RemoteAsyncBucketBuilder;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Bucket4j over Lettuce, filled greedily: a bucket for each account, kept as its documentation advises. */
final class Bucket4jGate implements Gate {

    private final RedisClient client;
    private final BucketProxy[] buckets;
    private final AsyncBucketProxy[] asyncBuckets;

    private Bucket4jGate(Site site, boolean batching) {
        this.client = RedisClient.create(site.redis());
        ProxyManager<String> proxies = Bucket4jLettuce.casBasedBuilder(
                        client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(5)))
                .build();
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(bandwidth -> bandwidth
                        .capacity(site.limit().limit())
                        .refillGreedy(site.limit().limit(), site.limit().window()))
                .build();
        RemoteBucketBuilder<String> builder = proxies.builder();
        RemoteAsyncBucketBuilder<String> asyncBuilder = proxies.asAsync().builder();
        if (batching) {
            builder.withOptimization(Optimizations.batching());
            asyncBuilder.withOptimization(Optimizations.batching());
        }
        String[] names = site.names("bucket4j:");
        this.buckets = Arrays.stream(names)
                .map(name -> builder.build(name, () -> configuration))
                .toArray(BucketProxy[]::new);
        this.asyncBuckets = Arrays.stream(names)
                .map(name -> asyncBuilder.build(name, () -> CompletableFuture.completedFuture(configuration)))
                .toArray(AsyncBucketProxy[]::new);
    }

    static Gate plain(Site site) {
        return new Bucket4jGate(site, false);
    }

    /** Callers of one JVM share a trip. */
    static Gate batching(Site site) {
        return new Bucket4jGate(site, true);
    }

    @Override
    public boolean pass(int account) {
        return buckets[account].tryConsume(1);
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return asyncBuckets[account].tryConsume(1);
    }

    @Override
    public boolean await(int account, Duration longest) throws InterruptedException {
        return buckets[account].asBlocking().tryConsume(1, longest);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
