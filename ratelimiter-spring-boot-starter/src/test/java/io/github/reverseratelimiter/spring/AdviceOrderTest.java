package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The limiter is the innermost advice. */
class AdviceOrderTest {

    @Test
    void whatTheCacheAnswersCostsNothing() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store)
                .withUserConfiguration(Caching.class)
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);

                    client.cached("acme");
                    client.cached("acme");
                    client.cached("acme");

                    assertThat(store.calls).hasSize(1);
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }
    }

    static class Client {

        @Cacheable("repos")
        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        public String cached(String account) {
            return account;
        }
    }
}
