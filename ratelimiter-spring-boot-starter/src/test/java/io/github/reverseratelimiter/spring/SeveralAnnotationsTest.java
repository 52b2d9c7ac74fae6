package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Several annotations on one method: all of their credits, or none. */
class SeveralAnnotationsTest {

    @Test
    void applyAllWindowsOfOneKey() {
        with(client -> {
            client.windows("acme");
            client.windows("acme");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.windows("acme"));
        });
    }

    @Test
    void applyAllKeys() {
        with(client -> {
            client.accountAndAll("a");
            client.accountAndAll("b");
            client.accountAndAll("c");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.accountAndAll("d"));
        });
    }

    @Test
    void takeNothingOfOneKeyWhereAnotherHasNone() {
        with(client -> {
            client.accountAndAll("a");
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.accountAndAll("a"));
            client.accountAndAll("b");

            client.accountAndAll("c");
        });
    }

    private static void with(Consumer<Client> test) {
        Contexts.memory().withBean(Client.class).run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(Client.class));
        });
    }

    static class Client {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1h")
        @ReverseRateLimited(key = "#account", limit = 2, window = "2h")
        public void windows(String account) {}

        @ReverseRateLimited(key = "#account", limit = 1, window = "1h")
        @ReverseRateLimited(key = "'all'", limit = 3, window = "1h")
        public void accountAndAll(String account) {}
    }
}
