package io.github.reverseratelimiter.boot4;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.kinds.AnsweringWebClient;
import io.github.reverseratelimiter.spring.kinds.Answers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** Clients that Spring makes of a group of {@code @HttpExchange} interfaces. A template. */
final class Groups {

    private Groups() {}

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
            return Answers.INSTEAD;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "providers", types = GitHub.class)
    static class Blocking {

        @Bean
        RestClientHttpServiceGroupConfigurer answers() {
            return groups -> groups.forEachClient(
                    (group, client) -> client.baseUrl("http://localhost:1").requestFactory(new AnsweringRequests()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "providers", types = GitHub.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
    static class Reactive {

        @Bean
        WebClientHttpServiceGroupConfigurer answers() {
            return answering();
        }
    }

    static WebClientHttpServiceGroupConfigurer answering() {
        return groups -> groups.forEachClient((group, client) -> client.exchangeFunction(AnsweringWebClient.answers()));
    }
}
