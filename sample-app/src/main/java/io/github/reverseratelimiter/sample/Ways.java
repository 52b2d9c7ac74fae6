package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.sample.github.GitHubApi;
import io.github.reverseratelimiter.sample.github.GitHubClient;
import java.util.function.Consumer;

/**
 * The two ways in which an instance calls the provider; the limiter makes no difference between them.
 *
 * @param client an annotated class
 * @param api an annotated interface
 */
record Ways(GitHubClient client, GitHubApi api) {

    /** What a caller calls, with the account: every other one the class, the others the interface. */
    Consumer<String> of(int caller) {
        return caller % 2 == 0 ? client::repos : api::repos;
    }
}
