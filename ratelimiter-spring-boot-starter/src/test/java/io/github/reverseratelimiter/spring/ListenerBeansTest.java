package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimiterListener;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.core.Ordered;

/** Listeners that are beans. */
class ListenerBeansTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Test
    void hearOfTheCallsOfTheBeanInTheirOrder() {
        Contexts.memory()
                .withBean("second", RateLimiterListener.class, () -> new Listener("second", 2, heard))
                .withBean("first", RateLimiterListener.class, () -> new Listener("first", 1, heard))
                .run(context -> {
                    context.getBean(ReverseRateLimiter.class).tryAcquire("acme", FIVE);

                    assertThat(heard).containsExactly("first", "second");
                });
    }

    @Test
    void hearNothingWhereLimitingIsSwitchedOff() {
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(RateLimiterListener.class, () -> new Listener("one", 1, heard))
                .run(context -> {
                    context.getBean(ReverseRateLimiter.class).tryAcquire("acme", FIVE);

                    assertThat(heard).isEmpty();
                });
    }

    private record Listener(String name, int order, List<String> heard) implements RateLimiterListener, Ordered {

        @Override
        public int getOrder() {
            return order;
        }

        @Override
        public void granted(CreditRequest request, Granted granted) {
            heard.add(name);
        }
    }
}
