package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** When an annotated call ends, for each kind of return type: until then it has the only place. */
class CallsInFlightTest {

    static class Client {

        private final CompletableFuture<String> response = new CompletableFuture<>();
        private final Sinks.One<String> one = Sinks.one();
        private final Sinks.Many<String> many = Sinks.many().unicast().onBackpressureBuffer();

        /** What the provider answers; by a method, since the bean is behind a proxy. */
        void answer(String text) {
            response.complete(text);
            one.tryEmitValue(text);
            many.tryEmitNext(text);
        }

        void answerNoMore() {
            many.tryEmitComplete();
        }

        @ReverseRateLimited(name = "provider", key = "'acme'")
        public String blocking(ThrowingSupplier call) throws Exception {
            return call.get();
        }

        @ReverseRateLimited(name = "provider", key = "'acme'")
        public CompletableFuture<String> future() {
            return response;
        }

        @ReverseRateLimited(name = "provider", key = "'acme'")
        public Mono<String> mono() {
            return one.asMono();
        }

        @ReverseRateLimited(name = "provider", key = "'acme'")
        public Flux<String> flux() {
            return many.asFlux();
        }

        @ReverseRateLimited(name = "provider", key = "'acme'", refundOn = IllegalStateException.class)
        public String refunded() {
            throw new IllegalStateException("not sent");
        }
    }

    interface ThrowingSupplier {
        String get() throws Exception;
    }

    private static void with(BiConsumer<Client, ReverseRateLimiter> test) {
        Contexts.memory()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.provider.max-in-flight=1",
                        "reverse-rate-limiter.limiters.provider.longest-delay=1h")
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), context.getBean(ReverseRateLimiter.class)));
    }

    private static boolean isFree(ReverseRateLimiter limiter) {
        Acquisition answer = limiter.named("provider").tryAcquire("acme");
        if (answer instanceof Acquisition.Granted granted) {
            limiter.complete(granted, CallEnd.ANSWERED);
            return true;
        }
        return false;
    }

    @Test
    void aBlockingCallEndsWhenItReturnsOrThrows() {
        with((client, limiter) -> {
            try {
                assertThat(client.blocking(() -> String.valueOf(isFree(limiter))))
                        .isEqualTo("false");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            assertThat(isFree(limiter)).isTrue();

            assertThatIllegalStateException()
                    .isThrownBy(() -> client.blocking(() -> {
                        throw new IllegalStateException("500");
                    }));
            assertThat(isFree(limiter)).isTrue();
        });
    }

    @Test
    void aCallWhoseCallerGaveUpHasItsPlaceForAsLongAsItMayBeOnItsWay() {
        with((client, limiter) -> {
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.blocking(() -> {
                        throw new SocketTimeoutException("read");
                    }));

            assertThat(isFree(limiter)).isFalse();
        });
    }

    @Test
    void theNextCallIsDeniedUntilThen() {
        with((client, limiter) -> {
            client.future();

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> client.blocking(() -> "never"))
                    .withMessageContaining("limiter 'provider'");
        });
    }

    @Test
    void aFutureEndsWhenItIsComplete() {
        with((client, limiter) -> {
            CompletableFuture<String> future = client.future();
            assertThat(isFree(limiter)).isFalse();

            client.answer("200");

            assertThat(future).isCompletedWithValue("200");
            assertThat(isFree(limiter)).isTrue();
        });
    }

    @Test
    void aFutureThatIsCancelledHasItsPlaceForAsLongAsItMayBeOnItsWay() {
        with((client, limiter) -> {
            client.future().cancel(false);

            assertThat(isFree(limiter)).isFalse();
        });
    }

    @Test
    void aMonoEndsWithItsValueOrItsFailure() {
        with((client, limiter) -> {
            CompletableFuture<String> answer = client.mono().toFuture();
            assertThat(isFree(limiter)).isFalse();

            client.answer("200");

            assertThat(answer).isCompletedWithValue("200");
            assertThat(isFree(limiter)).isTrue();
        });
    }

    @Test
    void aMonoThatIsCancelledHasItsPlaceForAsLongAsItMayBeOnItsWay() {
        with((client, limiter) -> {
            client.mono().subscribe().dispose();

            assertThat(isFree(limiter)).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFluxEndsWithItsLastValueOrWhenItIsCancelledAfterTheFirst(boolean completes) {
        with((client, limiter) -> {
            Disposable subscription = client.flux().subscribe();
            client.answer("first");
            assertThat(isFree(limiter)).isFalse();

            if (completes) {
                client.answerNoMore();
            } else {
                subscription.dispose();
            }

            assertThat(isFree(limiter)).isTrue();
        });
    }

    @Test
    void aCallThatIsRefundedGivesItsPlaceBack() {
        with((client, limiter) -> {
            assertThatIllegalStateException().isThrownBy(client::refunded);

            assertThat(isFree(limiter)).isTrue();
        });
    }
}
