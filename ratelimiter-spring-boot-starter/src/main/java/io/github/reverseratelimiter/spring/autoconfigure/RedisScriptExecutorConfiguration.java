package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Asks the application's Redis, by Spring Data. Nobody asks for it where limiting is switched off. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisConnectionFactory.class)
final class RedisScriptExecutorConfiguration {

    private static final String FACTORY = ReverseRateLimiterProperties.PREFIX + ".redis-connection-factory";

    @Bean
    @Lazy
    @ConditionalOnMissingBean(RedisScriptExecutor.class)
    SpringDataRedisScriptExecutor reverseRateLimiterScriptExecutor(
            ListableBeanFactory beans, ReverseRateLimiterProperties properties) {
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(
                factory(beans, properties.redisConnectionFactory()), properties.storeTimeout());
        if (properties.selfTest()) {
            executor.lookAtEviction();
        }
        executor.warmUp();
        return executor;
    }

    private static RedisConnectionFactory factory(ListableBeanFactory beans, @Nullable String name) {
        String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, RedisConnectionFactory.class);
        if (names.length == 0) {
            throw new LimiterSetupException(
                    "no RedisConnectionFactory bean is defined, and " + ReverseRateLimiterProperties.PREFIX
                            + ".store is redis",
                    "configure spring.data.redis, with spring-boot-starter-data-redis among the dependencies; or set "
                            + ReverseRateLimiterProperties.PREFIX + ".store to memory, to count in this JVM alone");
        }
        if (name != null) {
            if (!Arrays.asList(names).contains(name)) {
                throw new LimiterSetupException(
                        "the property " + FACTORY + " names '" + name
                                + "', but no RedisConnectionFactory bean has that name",
                        "give one of " + Arrays.toString(names));
            }
            return beans.getBean(name, RedisConnectionFactory.class);
        }
        try {
            return beans.getBean(RedisConnectionFactory.class);
        } catch (NoUniqueBeanDefinitionException e) {
            throw new LimiterSetupException(
                    "found " + names.length + " RedisConnectionFactory beans " + Arrays.toString(names)
                            + ", and none of them is primary",
                    "mark one @Primary, or name one in " + FACTORY);
        }
    }
}
