package io.github.reverseratelimiter.sample.github;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.service.annotation.GetExchange;

/** The same provider as an interface whose implementation Spring makes: name and key are the same, so is the budget. */
public interface GitHubApi {

    /** Repositories of an account, as JSON. */
    @GetExchange("/repos/{account}")
    @ReverseRateLimited(name = "github", key = "#account")
    String repos(@PathVariable("account") String account);
}
