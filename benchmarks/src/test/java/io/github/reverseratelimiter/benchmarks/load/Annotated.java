package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** This library as most use it: annotated methods of a bean, and the starter around them. */
final class Annotated implements Gate {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final Calls calls;
    private final String[] names;

    Annotated(Site site) {
        Map<String, Object> properties = Map.of(
                "reverse-rate-limiter.store",
                "redis",
                "reverse-rate-limiter.store-timeout",
                Ours.STORE_TIMEOUT.toMillis() + "ms",
                "load.limit",
                Integer.toString(site.limit().limit()),
                "load.window",
                site.limit().window().toMillis() + "ms");
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("load", properties));
        context.registerBean("redisConnectionFactory", RedisConnectionFactory.class, () -> Ours.factory(site));
        context.register(ReverseRateLimiterAutoConfiguration.class, Calls.class);
        context.refresh();
        this.calls = context.getBean(Calls.class);
        this.names = site.names("account-");
    }

    @Override
    public boolean pass(int account) {
        try {
            return calls.call(names[account]);
        } catch (RateLimitExceededException e) {
            return false;
        }
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return calls.future(names[account]).exceptionally(Annotated::denied);
    }

    private static boolean denied(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RateLimitExceededException) {
            return false;
        }
        throw new CompletionException(cause);
    }

    @Override
    public boolean await(int account, Duration longest) {
        return calls.waiting(names[account]);
    }

    @Override
    public void close() {
        context.close();
    }

    /** A bean that is limited. */
    static class Calls {

        /** Denied at once. */
        @ReverseRateLimited(key = "#account", window = "${load.window}", limitString = "${load.limit}")
        public boolean call(String account) {
            return !account.isEmpty();
        }

        /** The same, without a thread. */
        @ReverseRateLimited(key = "#account", window = "${load.window}", limitString = "${load.limit}")
        public CompletableFuture<Boolean> future(String account) {
            return CompletableFuture.completedFuture(!account.isEmpty());
        }

        /** Waits. */
        @ReverseRateLimited(key = "#account", window = "${load.window}", limitString = "${load.limit}", maxWait = "2m")
        public boolean waiting(String account) {
            return !account.isEmpty();
        }
    }
}
