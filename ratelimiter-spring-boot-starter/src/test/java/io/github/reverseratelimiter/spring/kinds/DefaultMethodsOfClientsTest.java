package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.RecordingLimiter;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import org.junit.jupiter.api.Test;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** What a default method of an interface client calls. */
class DefaultMethodsOfClientsTest {

    @Test
    void isLimitedInAnHttpExchangeClient() {
        assertThat(creditsOf(HttpServiceProxyFactory.builderFor(new AnsweringAdapter())
                        .build()
                        .createClient(Pages.class)))
                .isEqualTo(2);
    }

    @Test
    void isNotLimitedInAClientThatDoesNotKnowTheProxyAroundIt() {
        assertThat(creditsOf(Clients.proxy(Pages.class))).isZero();
    }

    private static int creditsOf(Pages client) {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.misuse=ignore")
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(Pages.class, () -> client)
                .run(context -> assertThat(context.getBean(Pages.class).both()).isEqualTo("calledcalled"));
        return limiter.calls.size();
    }

    public interface Pages {

        @GetExchange("/pages")
        @ReverseRateLimited(window = "1h", limit = 9)
        String page();

        default String both() {
            return page() + page();
        }
    }
}
