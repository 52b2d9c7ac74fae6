package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson with its own pool of connections, as it is by default. */
final class RedissonGate implements Gate {

    private final RedissonClient client;
    private final RRateLimiter[] limiters;

    RedissonGate(Site site) {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(
                        "redis://" + site.redis().getHost() + ":" + site.redis().getPort());
        this.client = Redisson.create(config);
        this.limiters = Arrays.stream(site.names("redisson:"))
                .map(client::getRateLimiter)
                .toArray(RRateLimiter[]::new);
        for (RRateLimiter limiter : limiters) {
            limiter.trySetRate(
                    RateType.OVERALL, site.limit().limit(), site.limit().window());
        }
    }

    @Override
    public boolean pass(int account) {
        return limiters[account].tryAcquire();
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return limiters[account].tryAcquireAsync();
    }

    @Override
    public boolean await(int account, Duration longest) {
        return limiters[account].tryAcquire(1, longest);
    }

    @Override
    public void close() {
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
