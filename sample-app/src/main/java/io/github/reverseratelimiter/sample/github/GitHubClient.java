package io.github.reverseratelimiter.sample.github;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;

/** Calls the provider in the name of an account, and never more often than the account's quota allows. */
@Service
public class GitHubClient {

    private final RestClient provider;

    GitHubClient(@Value("${github.url}") String url) {
        this.provider = RestClient.create(url);
    }

    /** Repositories of an account, as JSON. The limiter named "github" is in application.yml. */
    @ReverseRateLimited(name = "github", key = "#account")
    public String repos(String account) {
        String json = provider.get().uri("/repos/{account}", account).retrieve().body(String.class);
        return Objects.requireNonNull(json, "the provider answered without a body");
    }
}
