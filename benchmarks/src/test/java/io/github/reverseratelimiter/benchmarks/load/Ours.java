package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.ReverseRateLimiterBuilder;
import io.github.reverseratelimiter.benchmarks.LettuceScriptExecutor;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** This library by hand, with its defaults but for the time-out: a machine that stands still is not the subject here. */
final class Ours implements Gate {

    static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);

    private final ReverseRateLimiter limiter;
    private final RateLimit limit;
    private final String[] names;
    private final Flow flow;
    private final Runnable closing;

    private Ours(Site site, CreditStore store, Flow flow, Runnable closing) {
        this(site, ReverseRateLimiter.builder(store), flow, closing);
    }

    private Ours(Site site, ReverseRateLimiterBuilder builder, Flow flow, Runnable closing) {
        this.limiter = builder.storeTimeout(STORE_TIMEOUT).build();
        this.limit = site.limit();
        this.names = site.names("account-");
        this.flow = flow;
        this.closing = closing;
    }

    /** Nothing between the library and Lettuce. */
    static Gate lettuce(Site site) {
        return lettuce(site, Flow.FREE, ReverseRateLimiter::builder);
    }

    /** The same; each denial is asked for. */
    static Gate forgetful(Site site) {
        return lettuce(
                site, Flow.FREE, store -> ReverseRateLimiter.builder(store).rememberDenials(Duration.ZERO));
    }

    /** The same; calls go out at an even pace. */
    static Gate even(Site site) {
        return lettuce(site, Flow.FREE.pacing(Pacing.EVEN), ReverseRateLimiter::builder);
    }

    private static Gate lettuce(Site site, Flow flow, Function<CreditStore, ReverseRateLimiterBuilder> building) {
        RedisClient client = RedisClient.create(site.redis());
        LettuceScriptExecutor executor = new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
        return new Ours(
                site,
                building.apply(new RedisCreditStore(executor, RedisCreditStore.DEFAULT_KEY_PREFIX)),
                flow,
                () -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
    }

    /** As the starter does it. */
    static Gate springData(Site site) {
        LettuceConnectionFactory factory = factory(site);
        factory.afterPropertiesSet();
        factory.start();
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT);
        return new Ours(
                site, new RedisCreditStore(executor, RedisCreditStore.DEFAULT_KEY_PREFIX), Flow.FREE, factory::destroy);
    }

    static LettuceConnectionFactory factory(Site site) {
        return new LettuceConnectionFactory(
                (RedisStandaloneConfiguration) LettuceConnectionFactory.createRedisConfiguration(site.redis()));
    }

    /** Without Redis. */
    static Gate inMemory(Site site) {
        return new Ours(site.local(), new InMemoryCreditStore(), Flow.FREE, () -> {});
    }

    @Override
    public boolean pass(int account) {
        return limiter.tryAcquire(names[account], limit) instanceof Acquisition.Granted;
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return limiter.acquireAsync(request(account)).thenApply(Acquisition.Granted.class::isInstance);
    }

    @Override
    public boolean await(int account, Duration longest) {
        return limiter.acquire(request(account).maxWait(longest)) instanceof Acquisition.Granted;
    }

    private CreditRequest request(int account) {
        return CreditRequest.of(names[account], limit).flow(flow);
    }

    @Override
    public void close() {
        limiter.close();
        closing.run();
    }
}
