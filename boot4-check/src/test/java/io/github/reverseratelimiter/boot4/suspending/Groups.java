package io.github.reverseratelimiter.boot4.suspending;

import io.github.reverseratelimiter.spring.kinds.AnsweringWebClient;
import io.github.reverseratelimiter.spring.kinds.suspending.Clients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** A group of an interface that is written in Kotlin, with suspending functions. */
final class Groups {

    private Groups() {}

    /** As the other types name it. */
    public interface GitHub extends Clients.Exchange {}

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "providers", types = GitHub.class, clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
    static class Reactive {

        @Bean
        WebClientHttpServiceGroupConfigurer answers() {
            return groups ->
                    groups.forEachClient((group, client) -> client.exchangeFunction(AnsweringWebClient.answers()));
        }
    }
}
