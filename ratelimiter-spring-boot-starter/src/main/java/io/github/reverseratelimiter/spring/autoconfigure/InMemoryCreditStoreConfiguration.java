package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Counts in this JVM. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(prefix = ReverseRateLimiterProperties.PREFIX, name = "store", havingValue = "memory")
final class InMemoryCreditStoreConfiguration {

    @Bean
    @Lazy
    @ConditionalOnMissingBean(CreditStore.class)
    InMemoryCreditStore reverseRateLimiterCreditStore() {
        return new InMemoryCreditStore();
    }
}
