package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a method returns whose return type is a variable of its class. */
class GenericReturnTypesTest {

    private final Application application = new Application();

    @Test
    void isAMonoWhereTheClassSaysSo() {
        application.run(OfMono.class, client -> {
            Mono<String> call = client.call();
            assertThat(application.store.held()).isZero();

            assertThat(call.toFuture()).isCompletedWithValue("answer");
            CompletableFuture<String> second = call.toFuture();

            assertThat(second).isNotDone();
            application.pass(Duration.ofSeconds(1));
            assertThat(second).isCompletedWithValue("answer");
            assertThat(application.naps()).isZero();
        });
    }

    @Test
    void isAFutureWhereTheInterfaceOfTheClientSaysSo() {
        application
                .context()
                .withBean(FutureClient.class, () -> () -> CompletableFuture.completedFuture("answer"))
                .run(context -> {
                    FutureClient client = context.getBean(FutureClient.class);
                    client.call().join();

                    CompletableFuture<String> second = client.call();

                    assertThat(second).isNotDone();
                    application.pass(Duration.ofSeconds(1));
                    assertThat(second).isCompletedWithValue("answer");
                    assertThat(application.naps()).isZero();
                });
    }

    @Test
    void hasAFallbackOfTheSameVariables() {
        application
                .context()
                .withBean(StringClient.class, () -> account -> Mono.just("answer for " + account))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    StringClient client = context.getBean(StringClient.class);
                    client.replaced("acme").block();

                    assertThat(client.replaced("acme").block()).isEqualTo("instead for acme");
                });
    }

    abstract static class Base<R> {

        private final R answer;

        Base(R answer) {
            this.answer = answer;
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public R call() {
            return answer;
        }
    }

    static class OfMono extends Base<Mono<String>> {

        OfMono() {
            super(Mono.just("answer"));
        }
    }

    interface Client<R> {

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        R call();
    }

    interface FutureClient extends Client<CompletableFuture<String>> {}

    interface WithFallback<K, R> {

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, fallbackMethod = "instead")
        R replaced(K account);

        R instead(K account);
    }

    interface StringClient extends WithFallback<String, Mono<String>> {

        @Override
        default Mono<String> instead(String account) {
            return Mono.just("instead for " + account);
        }
    }
}
