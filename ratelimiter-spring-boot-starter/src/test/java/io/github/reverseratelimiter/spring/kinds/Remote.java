package io.github.reverseratelimiter.spring.kinds;

import io.github.reverseratelimiter.spring.ReverseRateLimited;

/** An interface whose methods are annotated. A {@link Template}. */
public interface Remote {

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    String denied(String account);

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    String waiting(String account);

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    String replaced(String account);

    /** The fallback. */
    default String instead(String account) {
        return Answers.INSTEAD;
    }
}
