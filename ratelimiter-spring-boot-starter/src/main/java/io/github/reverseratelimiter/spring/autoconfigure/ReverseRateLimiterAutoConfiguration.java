package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.ReverseRateLimiterBuilder;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.aop.ReverseRateLimitedProxyCreator;
import java.util.Objects;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration of {@link ReverseRateLimiter} and {@link ReverseRateLimited}. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
        })
@EnableConfigurationProperties(ReverseRateLimiterProperties.class)
@Import({InMemoryCreditStoreConfiguration.class, RedisCreditStoreConfiguration.class})
@ImportRuntimeHints(ReverseRateLimiterRuntimeHints.class)
public final class ReverseRateLimiterAutoConfiguration {

    ReverseRateLimiterAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ReverseRateLimiter reverseRateLimiter(ReverseRateLimiterProperties properties, ObjectProvider<CreditStore> stores) {
        if (!properties.enabled()) {
            return new DisabledReverseRateLimiter(properties.settings(), properties.margin());
        }
        ReverseRateLimiterBuilder builder = ReverseRateLimiter.builder(store(stores))
                .margin(properties.margin())
                .storeTimeout(properties.storeTimeout())
                .maxWaiters(properties.maxWaiters());
        properties.settings().forEach(builder::limiter);
        return builder.build();
    }

    private static CreditStore store(ObjectProvider<CreditStore> stores) {
        CreditStore store;
        try {
            store = stores.getIfAvailable();
        } catch (NoUniqueBeanDefinitionException e) {
            throw new CreditStoreSetupException(
                    "found " + e.getNumberOfBeansFound() + " CreditStore beans "
                            + Objects.requireNonNullElse(e.getBeanNamesFound(), ""),
                    "mark one @Primary, or remove the others");
        }
        if (store == null) {
            throw new CreditStoreSetupException(
                    "there is no CreditStore: " + ReverseRateLimiterProperties.PREFIX
                            + ".store is redis, but Spring Data Redis is not among the dependencies",
                    "add spring-boot-starter-data-redis; or set " + ReverseRateLimiterProperties.PREFIX
                            + ".store to memory, to count in this JVM alone");
        }
        return store;
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ReverseRateLimitedProxyCreator reverseRateLimitedProxyCreator(
            ConfigurableListableBeanFactory beans,
            Environment environment,
            ObjectProvider<ReverseRateLimiterProperties> properties,
            ObjectProvider<ReverseRateLimiter> limiter) {
        SingletonSupplier<ReverseRateLimiterProperties> settings = SingletonSupplier.of(properties::getObject);
        ReverseRateLimitedProxyCreator creator = new ReverseRateLimitedProxyCreator(
                beans,
                () -> settings.obtain().enabled(),
                SingletonSupplier.of(limiter::getObject)::obtain,
                () -> settings.obtain().margin());
        creator.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
        return creator;
    }
}
