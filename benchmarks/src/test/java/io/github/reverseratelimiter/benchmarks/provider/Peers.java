package io.github.reverseratelimiter.benchmarks.provider;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BandwidthBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** What people use today, each as its documentation says, told the provider's quota as it is. */
final class Peers {

    private Peers() {}

    /** All of them. */
    static List<Subject> subjects() {
        return List.of(
                Subject.scripting("plain ZSET script", PlainZset::new),
                Subject.scripting("Redisson", Peers::redisson),
                bucket4j(
                        "Bucket4j, greedy",
                        (builder, site) -> builder.refillGreedy(
                                site.quota().limit(), site.quota().window())),
                bucket4j(
                        "Bucket4j, interval",
                        (builder, site) -> builder.refillIntervally(
                                site.quota().limit(), site.quota().window())),
                local("Resilience4j ÷ 4", Peers::resilience4j),
                local("Guava ÷ 4", Peers::guava));
    }

    private static Subject bucket4j(String title, Refill refill) {
        // GET, and a script that compares and sets, which the server counts as a GET too
        return new Subject(title, Optional.empty(), Peers::gets, site -> bucket4j(site, refill));
    }

    private static long gets(Map<String, Long> commands) {
        return commands.getOrDefault("get", 0L);
    }

    private static Subject local(String title, Function<Subject.Site, Limiting> opening) {
        return new Subject(title, Optional.empty(), commands -> 0, opening);
    }

    @FunctionalInterface
    private interface Refill {
        BandwidthBuilder.BandwidthBuilderBuildStage of(
                BandwidthBuilder.BandwidthBuilderRefillStage builder, Subject.Site site);
    }

    @FunctionalInterface
    private interface Acquiring {
        void acquire() throws InterruptedException;
    }

    /** One limiter for each account. */
    private record PerAccount(Function<String, Acquiring> limiters, Map<String, Acquiring> known, Runnable closing)
            implements Limiting {

        PerAccount(Function<String, Acquiring> limiters, Runnable closing) {
            this(limiters, new ConcurrentHashMap<>(), closing);
        }

        @Override
        public Ended acquire(String account) throws InterruptedException {
            known.computeIfAbsent(account, limiters).acquire();
            return Ended.UNHEARD;
        }

        @Override
        public void close() {
            closing.run();
        }
    }

    private static Limiting redisson(Subject.Site site) {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(
                        "redis://" + site.redis().getHost() + ":" + site.redis().getPort())
                .setConnectionMinimumIdleSize(4)
                .setConnectionPoolSize(16)
                .setSubscriptionConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2);
        RedissonClient client = Redisson.create(config);
        return new PerAccount(
                account -> {
                    RRateLimiter limiter = client.getRateLimiter("redisson:" + account);
                    limiter.trySetRate(
                            RateType.OVERALL, site.quota().limit(), site.quota().window(), Duration.ofMinutes(5));
                    return () -> granted(limiter.tryAcquire(1, Limiting.LONGEST));
                },
                () -> client.shutdown(0, 2, TimeUnit.SECONDS));
    }

    private static Limiting bucket4j(Subject.Site site, Refill refill) {
        RedisClient client = RedisClient.create(site.redis());
        ProxyManager<String> buckets = Bucket4jLettuce.casBasedBuilder(
                        client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(5)))
                .build();
        Bandwidth bandwidth = refill.of(
                        Bandwidth.builder().capacity(site.quota().limit()), site)
                .build();
        BucketConfiguration configuration =
                BucketConfiguration.builder().addLimit(bandwidth).build();
        return new PerAccount(
                account -> {
                    Bucket bucket = buckets.builder().build("bucket4j:" + account, () -> configuration);
                    return () -> granted(bucket.asBlocking().tryConsume(1, Limiting.LONGEST));
                },
                client::shutdown);
    }

    private static Limiting resilience4j(Subject.Site site) {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(Math.max(1, site.quota().limit() / site.instances()))
                .limitRefreshPeriod(site.quota().window())
                .timeoutDuration(Limiting.LONGEST)
                .build();
        return new PerAccount(
                account -> {
                    var limiter = io.github.resilience4j.ratelimiter.RateLimiter.of(account, config);
                    return () -> granted(limiter.acquirePermission());
                },
                () -> {});
    }

    private static Limiting guava(Subject.Site site) {
        double perSecond = site.quota().limit() * 1e9 / site.quota().window().toNanos();
        return new PerAccount(
                account -> {
                    RateLimiter limiter = RateLimiter.create(perSecond / site.instances());
                    return () -> granted(limiter.tryAcquire(Limiting.LONGEST));
                },
                () -> {});
    }

    private static void granted(boolean granted) {
        if (!granted) {
            throw new IllegalStateException("denied, though there was time to wait");
        }
    }
}
