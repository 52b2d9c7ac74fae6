package io.github.reverseratelimiter.benchmarks.startup;

import io.github.reverseratelimiter.spring.ReverseRateLimited;

/** Within a limit. */
public class LimitedCalls implements Calls {

    @Override
    @ReverseRateLimited(key = "#account", limit = 50, window = "1s")
    public String call(String account) {
        return account;
    }
}
