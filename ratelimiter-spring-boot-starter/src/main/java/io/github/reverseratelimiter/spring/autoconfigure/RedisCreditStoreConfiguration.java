package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import java.util.Optional;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Counts in the application's Redis. The store is lazy: if limiting is switched off, nobody asks for it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(
        prefix = ReverseRateLimiterProperties.PREFIX,
        name = "store",
        havingValue = "redis",
        matchIfMissing = true)
final class RedisCreditStoreConfiguration {

    private static final String STORE = "reverseRateLimiterCreditStore";

    @Bean(STORE)
    @Lazy
    @ConditionalOnMissingBean(CreditStore.class)
    RedisCreditStore reverseRateLimiterCreditStore(
            ObjectProvider<RedisScriptExecutor> executors, ReverseRateLimiterProperties properties) {
        RedisScriptExecutor executor;
        try {
            executor = executors.getIfAvailable();
        } catch (NoUniqueBeanDefinitionException e) {
            throw LimiterSetupException.ambiguous(RedisScriptExecutor.class, e);
        }
        if (executor == null) {
            throw new LimiterSetupException(
                    ReverseRateLimiterProperties.PREFIX
                            + ".store is redis, but Spring Data Redis is not among the dependencies",
                    "add spring-boot-starter-data-redis; or set " + ReverseRateLimiterProperties.PREFIX
                            + ".store to memory, to count in this JVM alone");
        }
        RedisScriptExecutor borrowed = new BorrowedScriptExecutor(executor);
        return properties.hashKeys() == null
                ? new RedisCreditStore(borrowed, properties.keyPrefix(), properties.hashTag())
                : new RedisCreditStore(
                        borrowed,
                        properties.keyPrefix(),
                        properties.hashTag(),
                        properties.hashKeys().bytes());
    }

    @Bean
    SelfTest reverseRateLimiterSelfTest(
            ConfigurableListableBeanFactory beans,
            ReverseRateLimiterProperties properties,
            ObjectProvider<StoreHealth> health) {
        return new SelfTest(
                () -> made(beans), properties, outcome -> health.ifAvailable(known -> known.tried(outcome)));
    }

    private static Optional<RedisCreditStore> made(ConfigurableListableBeanFactory beans) {
        return beans.containsSingleton(STORE) && beans.getBean(STORE) instanceof RedisCreditStore store
                ? Optional.of(store)
                : Optional.empty();
    }
}
