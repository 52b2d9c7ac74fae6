package io.github.reverseratelimiter.spring.kinds;

import io.github.reverseratelimiter.spring.ReverseRateLimited;

/** Annotated types: one for each of the three ways to call. A {@link Template}. */
final class Types {

    private Types() {}

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    static class Denied {

        public String denied(String account) {
            return Answers.CALLED;
        }
    }

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    static class Waiting {

        public String waiting(String account) {
            return Answers.CALLED;
        }
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    static class Replaced {

        public String replaced(String account) {
            return Answers.CALLED;
        }

        public String instead(String account) {
            return Answers.INSTEAD;
        }
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
    @FunctionalInterface
    interface DeniedRemote {

        String denied(String account);
    }

    @ReverseRateLimited(key = "#account", window = "100ms", limit = 1, margin = "0", maxWait = "10s")
    @FunctionalInterface
    interface WaitingRemote {

        String waiting(String account);
    }

    @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "instead")
    @FunctionalInterface
    interface ReplacedRemote {

        String replaced(String account);

        default String instead(String account) {
            return Answers.INSTEAD;
        }
    }
}
