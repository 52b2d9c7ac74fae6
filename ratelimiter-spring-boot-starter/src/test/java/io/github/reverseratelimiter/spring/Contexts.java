package io.github.reverseratelimiter.spring;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.redis.RedisServer;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import java.net.URI;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

/** Contexts for tests, on either generation of Spring Boot. */
public final class Contexts {

    private Contexts() {}

    /** Our auto-configuration and placeholders; no Redis. */
    public static ApplicationContextRunner bare() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ReverseRateLimiterAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class));
    }

    /** As in an application that counts in memory. */
    public static ApplicationContextRunner memory() {
        return bare().withPropertyValues("reverse-rate-limiter.store=memory", "reverse-rate-limiter.margin=0ms");
    }

    /**
     * As in an application that counts in this store. The margin is so wide that no grant comes too late for it on a busy
     * machine: it would be given back, and the store asked again.
     */
    public static ApplicationContextRunner counting(CreditStore store) {
        return bare().withPropertyValues("reverse-rate-limiter.margin=1h").withBean(CreditStore.class, () -> store);
    }

    /** With Spring Boot's auto-configuration of Redis, which finds nothing at its address. */
    public static ApplicationContextRunner redis() {
        return bare().withConfiguration(AutoConfigurations.of(redisAutoConfiguration()))
                .withPropertyValues("spring.data.redis.port=1", "reverse-rate-limiter.margin=0ms");
    }

    /** As in an application that counts in this Redis. */
    public static ApplicationContextRunner redis(RedisServer server) {
        return redis().withPropertyValues("spring.data.redis.port=" + port(server));
    }

    /** Where the server listens on 127.0.0.1. */
    public static int port(RedisServer server) {
        return URI.create(server.uri()).getPort();
    }

    private static Class<?> redisAutoConfiguration() {
        return generation(
                "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
                "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration");
    }

    /** The class that is here, of the two generations of Spring Boot. */
    public static Class<?> generation(String boot3, String boot4) {
        ClassLoader loader = Contexts.class.getClassLoader();
        return ClassUtils.resolveClassName(ClassUtils.isPresent(boot4, loader) ? boot4 : boot3, loader);
    }
}
