package io.github.reverseratelimiter.sample.github;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** An application that calls somebody else's API; the demonstration starts several instances of it. */
@SpringBootApplication(proxyBeanMethods = false)
public class GitHubApplication {

    /** Runs one instance by itself. */
    public static void main(String... args) {
        SpringApplication.run(GitHubApplication.class, args);
    }

    @Bean
    GitHubApi gitHubApi(@Value("${github.url}") String url) {
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(RestClient.create(url)))
                .build()
                .createClient(GitHubApi.class);
    }
}
