package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.cloud.gateway.filter.ratelimit.RedisRateLimiter;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.scripting.support.ResourceScriptSource;
import reactor.core.publisher.Mono;

/** The limiter of Spring Cloud Gateway, without the gateway. */
final class GatewayGate implements Gate {

    private static final String ROUTE = "load";

    private final LettuceConnectionFactory factory;
    private final RedisRateLimiter limiter;
    private final String[] names;
    private final Duration pace;

    GatewayGate(Site site) {
        this.factory = Ours.factory(site);
        factory.afterPropertiesSet();
        factory.start();
        this.limiter = new RedisRateLimiter(
                new ReactiveStringRedisTemplate(factory),
                script(),
                new ConfigurationService(null, DefaultConversionService::getSharedInstance, () -> null));
        limiter.getConfig().put(ROUTE, config(site.limit()));
        this.names = site.names("account-");
        this.pace = site.limit().window().dividedBy(site.limit().limit());
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static DefaultRedisScript<List<Long>> script() {
        DefaultRedisScript script = new DefaultRedisScript<>();
        script.setScriptSource(
                new ResourceScriptSource(new ClassPathResource("META-INF/scripts/request_rate_limiter.lua")));
        script.setResultType(List.class);
        return script;
    }

    /** It counts in whole tokens per second: below one call a second, a call costs several. */
    static RedisRateLimiter.Config config(RateLimit limit) {
        double perSecond = limit.limit() * 1e9 / limit.window().toNanos();
        int cost = (int) Math.max(1, Math.ceil(1 / perSecond));
        int rate = (int) Math.max(1, perSecond);
        return new RedisRateLimiter.Config()
                .setReplenishRate(rate)
                .setBurstCapacity(Math.max(rate, limit.limit() * cost))
                .setRequestedTokens(cost);
    }

    @Override
    public boolean pass(int account) {
        return Objects.requireNonNull(allowed(account).block());
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return allowed(account).toFuture();
    }

    /** It does not wait, so its caller asks again at the pace of the limit. */
    @Override
    public boolean await(int account, Duration longest) throws InterruptedException {
        while (!pass(account)) {
            Thread.sleep(pace.toMillis());
        }
        return true;
    }

    private Mono<Boolean> allowed(int account) {
        return limiter.isAllowed(ROUTE, names[account]).map(RateLimiter.Response::isAllowed);
    }

    @Override
    public void close() {
        factory.destroy();
    }
}
