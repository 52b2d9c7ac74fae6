package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.LimitResolver;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.ReverseRateLimiterBuilder;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.spring.ProviderAnswers;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.aop.LimitingSettings;
import io.github.reverseratelimiter.spring.aop.ReverseRateLimitedProxyCreator;
import io.github.reverseratelimiter.spring.client.HttpProviderAnswers;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration of {@link ReverseRateLimiter} and {@link ReverseRateLimited}.
 *
 * <p>The limiter is made at the start and has its connection to Redis opened in the background, whether or not a method
 * is annotated: no first call pays for it, and a missing configuration shows at once. An unreachable Redis does not stop
 * the start. Where all beans are lazy, this happens at the first use or for the first annotated bean.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
        })
@EnableConfigurationProperties(ReverseRateLimiterProperties.class)
@Import({
    InMemoryCreditStoreConfiguration.class,
    RedisCreditStoreConfiguration.class,
    RedisScriptExecutorConfiguration.class
})
@ImportRuntimeHints(ReverseRateLimiterRuntimeHints.class)
public final class ReverseRateLimiterAutoConfiguration {

    ReverseRateLimiterAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ReverseRateLimiter reverseRateLimiter(
            ReverseRateLimiterProperties properties,
            ObjectProvider<CreditStore> stores,
            LimitResolverLookup limitResolver,
            ObjectProvider<RateLimiterListener> listeners,
            ClosingWithTheContext closing) {
        if (!properties.enabled()) {
            return new DisabledReverseRateLimiter(
                    properties.settings(), properties.margin().start());
        }
        ReverseRateLimiterBuilder builder = ReverseRateLimiter.builder(
                        new BorrowedCreditStore(only(CreditStore.class, stores)))
                .margin(properties.margin().start())
                .storeTimeout(properties.storeTimeout())
                .onStoreFailure(properties.onStoreFailure())
                .maxWaiters(properties.maxWaiters())
                .rememberDenials(properties.rememberDenials())
                .limitsCache(properties.limitsCache());
        if (properties.expectedInstances() != null) {
            builder.localShare(new InMemoryCreditStore(), properties.expectedInstances());
        }
        if (properties.lease() != null) {
            builder.lease(properties.lease());
        }
        if (properties.longestCall() != null) {
            builder.longestCall(properties.longestCall());
        }
        limitResolver.find().ifPresent(builder::limitResolver);
        properties.settings().forEach(builder::limiter);
        listeners.orderedStream().forEach(builder::listener);
        ReverseRateLimiter limiter = builder.build();
        closing.closes(limiter);
        return limiter;
    }

    @Bean
    @ConditionalOnMissingBean
    ProviderAnswers reverseRateLimiterProviderAnswers(ApplicationContext context) {
        return new HttpProviderAnswers(context.getClassLoader());
    }

    @Bean
    ClosingWithTheContext reverseRateLimiterClosingWithTheContext(ApplicationContext context) {
        return new ClosingWithTheContext(context);
    }

    @Bean
    LimitResolverLookup reverseRateLimiterLimitResolverLookup(
            ConfigurableListableBeanFactory beans, ObjectProvider<LimitResolver> resolvers) {
        return new LimitResolverLookup(beans, () -> only(LimitResolver.class, resolvers));
    }

    private static <T> T only(Class<T> type, ObjectProvider<T> beans) {
        try {
            return beans.getObject();
        } catch (NoUniqueBeanDefinitionException e) {
            throw LimiterSetupException.ambiguous(type, e);
        }
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DurationsWithUnits reverseRateLimiterDurationsWithUnits(Environment environment) {
        return new DurationsWithUnits(environment);
    }

    /** In each context of a hierarchy: it sees the beans of its own only. */
    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ReverseRateLimitedProxyCreator reverseRateLimitedProxyCreator(
            ConfigurableListableBeanFactory beans,
            Environment environment,
            ObjectProvider<ReverseRateLimiterProperties> properties,
            ObjectProvider<ReverseRateLimiter> limiter,
            ObjectProvider<ProviderAnswers> answers,
            ObjectProvider<CreditStore> stores) {
        SingletonSupplier<LimitingSettings> settings =
                SingletonSupplier.of(() -> properties.getObject().limiting());
        ReverseRateLimitedProxyCreator creator = new ReverseRateLimitedProxyCreator(
                beans,
                settings::obtain,
                SingletonSupplier.of(() -> only(ReverseRateLimiter.class, limiter))::obtain,
                SingletonSupplier.of(() -> only(ProviderAnswers.class, answers))::obtain,
                () -> stores.ifUnique(CreditStore::checkSeveralKeys));
        creator.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
        return creator;
    }
}
