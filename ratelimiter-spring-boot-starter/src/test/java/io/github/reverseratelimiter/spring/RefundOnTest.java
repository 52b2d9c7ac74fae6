package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** After which failures of a call its credits come back. */
class RefundOnTest {

    private final RecordingStore store = new RecordingStore();

    @Test
    void givesBackWhatACallTookThatFailsAsNamed() {
        with(client -> {
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> client.call(new ConnectException("refused")))
                    .withMessage("refused");

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void keepsWhatACallTookThatFailsInAnotherWayOrDoesNotFail() {
        with(client -> {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call(new IOException("read")));
            assertThatNoException().isThrownBy(() -> client.call(null));

            assertThat(store.held()).isEqualTo(2);
        });
    }

    @Test
    void givesBackAllThatACallCost() {
        with(client -> {
            fails(() -> client.forThree(new ConnectException("refused")));

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void doesNotLookAtTheCauseOfAnException() {
        with(client -> {
            fails(() -> client.call(new UncheckedIOException(new ConnectException("refused"))));

            assertThat(store.held()).isEqualTo(1);
        });
    }

    @Test
    void looksIntoTheWrapperThatFuturesPutAroundAnException() {
        with(client -> {
            fails(() -> client.call(new CompletionException(new ConnectException("refused"))));
            assertThat(client.future(new CompletionException(new ConnectException("refused"))))
                    .isCompletedExceptionally();

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void givesBackWhenTheFutureFails() {
        with(client -> {
            CompletableFuture<String> pending = client.pending();
            assertThat(store.held()).isEqualTo(1);

            pending.completeExceptionally(new ConnectException("refused"));

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void givesBackWhereTheFailureComesBeforeTheFuture() {
        with(client -> {
            assertThat(client.throwing()).isCompletedExceptionally();

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void keepsWhatACancelledFutureTook() {
        with(client -> {
            client.pending().cancel(true);

            assertThat(store.held()).isEqualTo(1);
        });
    }

    @Test
    void keepsWhatACancelledFutureTookWhateverIsNamed() {
        with(client -> {
            client.pendingOrAnything().cancel(true);

            assertThat(store.held()).isEqualTo(1);
        });
    }

    @Test
    void givesBackWhenAMonoFails() {
        with(client -> {
            assertThat(catchThrowable(
                            () -> client.mono(new ConnectException("refused")).block()))
                    .hasRootCauseInstanceOf(ConnectException.class);
            assertThat(store.held()).isZero();

            fails(() -> client.mono(new IOException("read")).block());
            assertThat(store.held()).isEqualTo(1);
        });
    }

    @Test
    void givesBackWhenAFluxFailsBeforeItHasEmitted() {
        with(client -> {
            fails(() -> client.flux(0, new ConnectException("refused")).blockLast());

            assertThat(store.held()).isZero();
        });
    }

    @Test
    void keepsWhatAFluxTookThatHasEmitted() {
        with(client -> {
            fails(() -> client.flux(1, new ConnectException("refused")).blockLast());

            assertThat(store.held()).isEqualTo(1);
        });
    }

    @Test
    void changesNothingForTheCallerWhereNothingComesBack() {
        Contexts.counting(new NeverRefunding())
                .withBean(Client.class)
                .run(context -> assertThatExceptionOfType(ConnectException.class)
                        .isThrownBy(() -> context.getBean(Client.class).call(new ConnectException("refused")))
                        .withMessage("refused"));
    }

    @ParameterizedTest
    @ValueSource(classes = {Exceeded.class, StoreAway.class})
    void explainsAtTheStartThatNothingWasTakenBeforeSuchAnException(Class<?> bean) {
        Contexts.memory()
                .withBean(bean)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains(bean.getSimpleName() + ".call()")
                        .containsPattern(
                                "RefundOn names (RateLimitExceeded|CreditStoreMisconfigured)Exception, which means that no")
                        .contains("Name exceptions of the method itself"));
    }

    private static void fails(ThrowingCallable call) {
        assertThatException().isThrownBy(call);
    }

    private void with(Consumer<Client> test) {
        Contexts.counting(store).withBean(Client.class).run(context -> test.accept(context.getBean(Client.class)));
    }

    static class Client {

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public void call(Exception failure) throws Exception {
            if (failure != null) {
                throw failure;
            }
        }

        @ReverseRateLimited(window = "1h", limit = 9, credits = 3, refundOn = ConnectException.class)
        public void forThree(Exception failure) throws Exception {
            throw failure;
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public CompletableFuture<String> pending() {
            return new CompletableFuture<>();
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = Exception.class)
        public CompletableFuture<String> pendingOrAnything() {
            return new CompletableFuture<>();
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public CompletableFuture<String> future(Exception failure) {
            return CompletableFuture.failedFuture(failure);
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public CompletableFuture<String> throwing() {
            throw new CompletionException(new ConnectException("refused"));
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public Mono<String> mono(Exception failure) {
            return Mono.error(failure);
        }

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = ConnectException.class)
        public Flux<Integer> flux(int elements, Exception failure) {
            return Flux.range(0, elements).concatWith(Flux.error(failure));
        }
    }

    static class Exceeded {

        @ReverseRateLimited(
                window = "1h",
                limit = 9,
                refundOn = {IOException.class, RateLimitExceededException.class})
        public void call() {}
    }

    static class StoreAway {

        @ReverseRateLimited(window = "1h", limit = 9, refundOn = CreditStoreMisconfiguredException.class)
        public void call() {}
    }

    /** Breaks at once, as a store must not. */
    private static final class NeverRefunding implements CreditStore {

        private final CreditStore store = new InMemoryCreditStore();

        @Override
        public CompletionStage<Reply> take(Call call) {
            return store.take(call);
        }

        @Override
        public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
            return store.takeAll(calls);
        }

        @Override
        public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
            throw new IllegalStateException("broken");
        }

        @Override
        public CompletionStage<Held> pause(CreditKey key, Duration duration) {
            return store.pause(key, duration);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
