package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.spring.metrics.MeterRecordingListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an application is told of the store's failures: its listeners, and its meters. */
final class Reasons implements RateLimiterListener {

    /** The application's. */
    enum Client {
        LETTUCE,
        JEDIS;

        ApplicationContextRunner use(ApplicationContextRunner runner) {
            return runner.withPropertyValues("spring.data.redis.client-type=" + name().toLowerCase(Locale.ROOT));
        }

        /** Each client with each of these. */
        static Stream<Arguments> each(Object... others) {
            return Stream.of(values()).flatMap(client -> Stream.of(others).map(other -> Arguments.of(client, other)));
        }
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> messages = new CopyOnWriteArrayList<>();

    ApplicationContextRunner listenTo(ApplicationContextRunner runner) {
        return runner.withBean("reasons", RateLimiterListener.class, () -> this)
                .withBean("meters", RateLimiterListener.class, () -> new MeterRecordingListener(registry));
    }

    @Override
    public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
        messages.add(String.valueOf(cause.getMessage()));
    }

    @Override
    public void abandoned(CreditRequest request, Throwable failure) {
        messages.add(String.valueOf(failure.getMessage()));
    }

    /** That one request failed, for this reason, was answered so, and was told what to do. */
    void assertOne(Reason reason, String policy, String remedy) {
        assertAll(reason, policy, remedy);
        assertThat(messages).hasSize(1);
    }

    /** The same of each request that failed. */
    void assertAll(Reason reason, String policy, String remedy) {
        assertThat(messages)
                .isNotEmpty()
                .allSatisfy(message -> assertThat(message).contains(remedy));
        assertThat(registry.get("reverse.rate.limiter.store.failures").counters())
                .singleElement()
                .satisfies(counter -> {
                    assertThat(counter.getId().getTag("reason")).isEqualTo(reason.toString());
                    assertThat(counter.getId().getTag("policy")).isEqualTo(policy);
                    assertThat(counter).returns((double) messages.size(), Counter::count);
                });
    }
}
