package io.github.reverseratelimiter.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.RecordingLimiter;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/** Where credits are taken among the retries and concurrency limits of Spring Framework 7. */
class ResilienceOrderTest {

    @ParameterizedTest
    @CsvSource({"innermost, 3", "outermost, 1"})
    void ofRetries(String advice, int credits) {
        with(advice, (client, limiter) -> {
            assertThatIllegalStateException().isThrownBy(client::retried);

            assertThat(limiter.calls).hasSize(credits);
        });
    }

    @ParameterizedTest
    @CsvSource({"innermost, false, 300ms", "outermost, true, 10s"})
    void ofAConcurrencyLimit(String advice, boolean bothAtOnce, String patience) {
        with(advice, (client, limiter) -> {
            CountDownLatch both = new CountDownLatch(2);
            CountDownLatch end = new CountDownLatch(1);
            limiter.asked = () -> {
                both.countDown();
                await(end, Duration.ofSeconds(30));
            };
            List<CompletableFuture<Void>> callers = List.of(
                    CompletableFuture.runAsync(client::single, task -> new Thread(task).start()),
                    CompletableFuture.runAsync(client::single, task -> new Thread(task).start()));

            assertThat(await(both, DurationStyle.detectAndParse(patience))).isEqualTo(bothAtOnce);

            end.countDown();
            assertThat(callers).allSatisfy(caller -> assertThat(caller).succeedsWithin(Duration.ofSeconds(10)));
        });
    }

    private static boolean await(CountDownLatch latch, Duration patience) {
        try {
            return latch.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void with(String advice, BiConsumer<Client, RecordingLimiter> test) {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.advice=" + advice)
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withUserConfiguration(Resilience.class)
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), limiter));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Resilience {}

    static class Client {

        @Retryable(maxRetries = 2, delay = 1)
        @ReverseRateLimited(window = "1h", limit = 9)
        public void retried() {
            throw new IllegalStateException("mine");
        }

        @ConcurrencyLimit(1)
        @ReverseRateLimited(window = "1h", limit = 9)
        public void single() {}
    }
}
