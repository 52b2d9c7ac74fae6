package io.github.reverseratelimiter.benchmarks.startup;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * The floor: what any starter costs that has twenty properties, a handful of beans and an annotation of its own, before it does
 * anything for anybody.
 */
@AutoConfiguration
@EnableConfigurationProperties(FloorProperties.class)
public final class FloorAutoConfiguration {

    FloorAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    AtomicInteger floorCount(FloorProperties properties, ObjectProvider<Supplier<String>> names) {
        return new AtomicInteger(
                properties.enabled() ? (int) names.orderedStream().count() : 0);
    }

    @Bean
    Supplier<String> floorPrefix(FloorProperties properties) {
        return properties::keyPrefix;
    }

    @Bean
    Supplier<String> floorName(ApplicationContext context) {
        return context::getId;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static FloorProxyCreator floorProxyCreator(ObjectProvider<AtomicInteger> count) {
        return new FloorProxyCreator(count);
    }
}
