package io.github.reverseratelimiter.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** Clients that Spring makes of a group of {@code @HttpExchange} interfaces. */
class HttpServiceGroupTest {

    @Test
    void areCalledWithACreditOnly() {
        with(GitHub.class, client -> {
            assertThat(client.denied("acme")).isEqualTo("called");
            assertThat(client.denied("acme")).isEqualTo("called");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.denied("acme"));
            assertThat(client.denied("another")).isEqualTo("called");
        });
    }

    @Test
    void waitForOne() {
        with(GitHub.class, client -> {
            long start = System.nanoTime();
            client.waiting("acme");
            client.waiting("acme");
            client.waiting("acme");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(199));
        });
    }

    @Test
    void areReplacedByTheirFallback() {
        with(GitHub.class, client -> {
            assertThat(client.replaced("acme")).isEqualTo("called");
            assertThat(client.replaced("acme")).isEqualTo("instead");
        });
    }

    @Test
    void areLimitedByAnAnnotationOnTheInterface() {
        with(Stripe.class, client -> {
            assertThat(client.one("acme")).isEqualTo("called");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.other("acme"));
        });
    }

    private static <T> void with(Class<T> type, Consumer<T> test) {
        Contexts.memory().withUserConfiguration(Group.class).run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(type));
        });
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(
            group = "providers",
            types = {GitHub.class, Stripe.class})
    static class Group {

        @Bean
        RestClientHttpServiceGroupConfigurer answers() {
            return groups -> groups.forEachClient((group, client) -> client.baseUrl("http://localhost:1")
                    .requestFactory((uri, method) -> {
                        MockClientHttpResponse response =
                                new MockClientHttpResponse("called".getBytes(StandardCharsets.UTF_8), 200);
                        response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
                        MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
                        request.setResponse(response);
                        return request;
                    }));
        }
    }

    @HttpExchange("/repos")
    public interface GitHub {

        @GetExchange
        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        String denied(@RequestParam String account);

        @GetExchange
        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
        String waiting(@RequestParam String account);

        @GetExchange
        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
        String replaced(@RequestParam String account);

        default String instead(String account) {
            return "instead";
        }
    }

    @HttpExchange("/charges")
    @ReverseRateLimited(window = "1h", limit = 1)
    public interface Stripe {

        @GetExchange
        String one(@RequestParam String account);

        @GetExchange
        String other(@RequestParam String account);
    }
}
