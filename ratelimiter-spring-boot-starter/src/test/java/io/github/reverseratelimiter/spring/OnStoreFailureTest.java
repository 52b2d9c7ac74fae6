package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimitExceededException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Annotated methods of an application whose store is away. */
class OnStoreFailureTest {

    private static ApplicationContextRunner away(String... properties) {
        return away(new CreditStoreException("away"), properties);
    }

    private static ApplicationContextRunner away(RuntimeException failure, String... properties) {
        return Contexts.bare()
                .withBean(CreditStore.class, () -> new AwayStore(failure))
                .withBean(Client.class)
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.github.limit=6",
                        "reverse-rate-limiter.limiters.github.window=1h")
                .withPropertyValues(properties);
    }

    @Test
    void areDeniedByDefault() {
        away().run(context -> assertThatExceptionOfType(CreditStoreException.class)
                .isThrownBy(() -> context.getBean(Client.class).call("acme")));
    }

    @Test
    void goOnWhereThePolicyAllowsIt() {
        away("reverse-rate-limiter.on-store-failure=allow").run(context -> {
            Client client = context.getBean(Client.class);
            for (int i = 0; i < 20; i++) {
                assertThat(client.call("acme")).isEqualTo("called");
                assertThat(client.later("acme")).isCompletedWithValue("called");
            }
        });
    }

    @Test
    void goOnAsFarAsTheShareGoes() {
        away("reverse-rate-limiter.on-store-failure=local", "reverse-rate-limiter.expected-instances=3")
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    assertThat(client.call("acme")).isEqualTo("called");
                    assertThat(client.later("acme")).isCompletedWithValue("called");

                    assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.call("acme"));
                });
    }

    @Test
    void followTheirOwnLimiterFirst() {
        away(
                        "reverse-rate-limiter.on-store-failure=allow",
                        "reverse-rate-limiter.limiters.github.on-store-failure=deny")
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    assertThatExceptionOfType(CreditStoreException.class).isThrownBy(() -> client.call("acme"));
                    assertThat(client.other("acme")).isEqualTo("called");
                });
    }

    @Test
    void areToldWhereTheStoreIsSetUpWrongly() {
        away(new CreditStoreMisconfiguredException("wrong password"), "reverse-rate-limiter.on-store-failure=allow")
                .run(context -> assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                        .isThrownBy(() -> context.getBean(Client.class).call("acme")));
    }

    @ParameterizedTest
    @CsvSource({
        "on-store-failure=local, expected-instances",
        "limiters.github.on-store-failure=local, expected-instances",
        "expected-instances=0, must be at least 1",
        "on-store-failure=open, on-store-failure"
    })
    void doNotStartWhereThePolicyMakesNoSense(String property, String said) {
        away("reverse-rate-limiter." + property)
                .run(context ->
                        assertThat(Analyses.of(context.getStartupFailure())).contains(said));
    }

    static class Client {
        @ReverseRateLimited(name = "github", key = "#account")
        String call(String account) {
            return "called";
        }

        @ReverseRateLimited(name = "github", key = "#account")
        CompletableFuture<String> later(String account) {
            return CompletableFuture.completedFuture("called");
        }

        @ReverseRateLimited(key = "#account", limit = 5, window = "1h")
        String other(String account) {
            return "called";
        }
    }
}
