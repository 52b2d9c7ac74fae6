package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Where credits are taken among the other advice of a method. */
class AdviceOrderTest {

    @ParameterizedTest
    @CsvSource({"innermost, 1", "outermost, 3"})
    void ofACache(String advice, int credits) {
        with(advice, (client, limiter) -> {
            client.cached("acme");
            client.cached("acme");
            client.cached("acme");

            assertThat(limiter.calls).hasSize(credits);
        });
    }

    @ParameterizedTest
    @CsvSource({"innermost, 3", "outermost, 1"})
    void ofSpringRetry(String advice, int credits) {
        with(advice, (client, limiter) -> {
            assertThatIllegalStateException().isThrownBy(client::retried);

            assertThat(limiter.calls).hasSize(credits);
        });
    }

    @ParameterizedTest
    @CsvSource({"innermost, 3", "outermost, 1"})
    void ofResilience4j(String advice, int credits) {
        with(advice, (client, limiter) -> {
            assertThatIllegalStateException().isThrownBy(client::retriedByResilience4j);

            assertThat(limiter.calls).hasSize(credits);
        });
    }

    @ParameterizedTest
    @CsvSource({"innermost, true", "outermost, false"})
    void ofATransaction(String advice, boolean within) {
        with(advice, (client, limiter) -> {
            List<Boolean> active = new ArrayList<>();
            limiter.asked = () -> active.add(TransactionSynchronizationManager.isActualTransactionActive());

            client.transactional();

            assertThat(active).containsExactly(within);
        });
    }

    @ParameterizedTest
    @CsvSource({"innermost, false", "outermost, true"})
    void ofATask(String advice, boolean inTheCallersThread) {
        with(advice, (client, limiter) -> {
            List<Thread> threads = new ArrayList<>();
            limiter.asked = () -> threads.add(Thread.currentThread());

            assertThat(client.task()).succeedsWithin(Duration.ofSeconds(10));

            assertThat(threads).hasSize(1);
            assertThat(threads.get(0) == Thread.currentThread()).isEqualTo(inTheCallersThread);
        });
    }

    private static void with(String advice, BiConsumer<Client, RecordingLimiter> test) {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.advice=" + advice,
                        "resilience4j.retry.instances.github.wait-duration=1ms")
                .withConfiguration(AutoConfigurations.of(RetryAutoConfiguration.class))
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withUserConfiguration(Advice.class)
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), limiter));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableRetry
    @EnableAsync
    @EnableTransactionManagement
    @EnableAspectJAutoProxy(proxyTargetClass = true)
    static class Advice {

        @Bean
        CacheManager cacheManager() {
            return new ConcurrentMapCacheManager();
        }

        @Bean
        TaskExecutor taskExecutor() {
            return new SimpleAsyncTaskExecutor("task-");
        }

        @Bean
        PlatformTransactionManager transactionManager() {
            return new TransactionsOfNothing();
        }
    }

    static class Client {

        @Cacheable("repos")
        @ReverseRateLimited(window = "1h", limit = 9)
        public String cached(String account) {
            return account;
        }

        @Retryable(maxAttempts = 3, backoff = @Backoff(delay = 1))
        @ReverseRateLimited(window = "1h", limit = 9)
        public void retried() {
            throw new IllegalStateException("mine");
        }

        @Retry(name = "github")
        @ReverseRateLimited(window = "1h", limit = 9)
        public void retriedByResilience4j() {
            throw new IllegalStateException("mine");
        }

        @Transactional
        @ReverseRateLimited(window = "1h", limit = 9)
        public void transactional() {}

        @Async
        @ReverseRateLimited(window = "1h", limit = 9)
        public Future<String> task() {
            return CompletableFuture.completedFuture("called");
        }
    }
}
