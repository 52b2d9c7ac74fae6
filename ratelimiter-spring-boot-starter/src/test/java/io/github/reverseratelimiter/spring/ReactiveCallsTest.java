package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.Disposable;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Methods that return publishers: each subscription takes its own credits. */
class ReactiveCallsTest {

    private static final Duration WINDOW = Duration.ofSeconds(1);

    private final Application application = new Application();

    @Test
    void takesNothingAndCallsNothingBeforeTheSubscription() {
        application.run(Client.class, client -> {
            client.mono("acme");
            client.flux();

            assertThat(application.store.calls).isEmpty();
            assertThat(client.runs()).isZero();
        });
    }

    @Test
    void takesACreditForEachSubscription() {
        application.run(Client.class, client -> {
            Mono<String> mono = client.mono("acme");

            assertThat(mono.block()).isEqualTo("acme");
            CompletableFuture<String> second = mono.toFuture();

            assertThat(second).isNotDone();
            application.pass(WINDOW);
            assertThat(second).isCompletedWithValue("acme");
            assertThat(client.runs()).isEqualTo(2);
            assertThat(application.store.held()).isEqualTo(2);
            assertThat(application.naps()).isZero();
        });
    }

    @Test
    void emitsAllElementsWhenTheCreditComes() {
        application.run(Client.class, client -> {
            assertThat(client.flux().collectList().block()).containsExactly("a", "b", "c");
            CompletableFuture<List<String>> second = client.flux().collectList().toFuture();

            assertThat(second).isNotDone();
            application.pass(WINDOW);
            assertThat(second).isCompletedWithValue(List.of("a", "b", "c"));
        });
    }

    @Test
    void takesNothingWhereItIsCancelledWhileItWaits() {
        application.run(Client.class, client -> {
            client.mono("acme").block();
            Disposable second = client.mono("acme").subscribe();

            second.dispose();

            assertThat(application.store.held()).isEqualTo(1);
            application.pass(WINDOW);
            assertThat(client.runs()).isEqualTo(1);
        });
    }

    @Test
    void takesNothingForElementsThatNobodyWaitsForAnyMore() {
        application.run(Client.class, client -> {
            client.flux().blockLast();
            Disposable second = client.flux().subscribe();

            second.dispose();

            assertThat(application.store.held()).isEqualTo(1);
        });
    }

    @Test
    void cancelsWhatTheMethodReturnedWhereItHasBegun() {
        application.run(Client.class, client -> {
            Disposable first = client.endless().subscribe();
            assertThat(client.sink().currentSubscriberCount()).isEqualTo(1);

            first.dispose();

            assertThat(client.sink().currentSubscriberCount()).isZero();
            assertThat(application.store.held()).isEqualTo(1);
        });
    }

    @Test
    void signalsThatThereIsNoCredit() {
        application.run(Client.class, client -> {
            client.impatient().blockLast();
            Flux<String> second = client.impatient();

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(second::blockLast);
            assertThat(client.runs()).isEqualTo(1);
        });
    }

    @Test
    void signalsThatTheKeyIsNull() {
        application.run(Client.class, client -> {
            Mono<String> mono = client.mono(null);

            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(mono::block)
                    .withMessageContaining("no credit was taken");
        });
    }

    @Test
    void signalsWhatTheMethodThrows() {
        application.run(Client.class, client -> {
            Mono<String> mono = client.throwing();

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(mono::block)
                    .withMessage("thrown");
        });
    }

    @Test
    void signalsThatTheMethodReturnsNull() {
        application.run(
                Client.class,
                client -> assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> client.returningNull().block())
                        .withMessageContaining("Client.returningNull has returned null"));
    }

    @Test
    void passesOnAnEmptyMono() {
        application.run(
                Client.class,
                client -> assertThat(client.empty().blockOptional()).isEmpty());
    }

    @Test
    void everyAttemptOfARetryTakesACredit() {
        application.run(Client.class, client -> {
            CompletableFuture<String> called = client.throwing().retry(2).toFuture();
            application.pass(WINDOW.multipliedBy(2));

            assertThat(called).isCompletedExceptionally();
            assertThat(application.store.held()).isEqualTo(3);
        });
    }

    @Test
    void goesDownTheWholeChainOfAdviceAtEachSubscription() {
        application.context().withUserConfiguration(Interfaces.class).run(context -> {
            Mono<String> mono = context.getBean(Remote.class).call();

            assertThat(mono.block()).isEqualTo("remote");
            CompletableFuture<String> second = mono.toFuture();
            application.pass(WINDOW);

            assertThat(second).isCompletedWithValue("remote");
        });
    }

    @Test
    void limitsTheTypesOfRxJava() {
        application.run(Client.class, client -> {
            Single<String> single = client.single();
            Flowable<String> flowable = client.flowable();
            assertThat(application.store.held()).isZero();

            assertThat(single.blockingGet()).isEqualTo("answer");
            assertThat(flowable.toList().blockingGet()).containsExactly("a", "b");

            assertThat(application.store.held()).isEqualTo(2);
            CompletableFuture<String> second = single.toCompletionStage().toCompletableFuture();
            assertThat(second).isNotDone();
            application.pass(WINDOW);
            assertThat(second).isCompletedWithValue("answer");
        });
    }

    @Test
    void limitsThePublishersOfReactiveStreamsAndOfTheJdk() {
        application.run(Client.class, client -> {
            Publisher<String> publisher = client.publisher();
            Flow.Publisher<String> flow = client.flow();
            assertThat(application.store.held()).isZero();

            assertThat(Flux.from(publisher).collectList().block()).containsExactly("a", "b");
            assertThat(JdkFlowAdapter.flowPublisherToFlux(flow).collectList().block())
                    .containsExactly("a", "b");

            assertThat(application.store.held()).isEqualTo(2);
        });
    }

    @Test
    void explainsAtTheStartThatASpecialPublisherCannotBeMade() {
        application
                .context(Impossible.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Impossible.call()")
                        .contains("ConnectableFlux, which cannot be made before the method has run")
                        .contains("Return a Flux"));
    }

    @Test
    void parksNoThreadWhereHundredsWait() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean(Patient.class).run(context -> {
            Mono<String> call = context.getBean(Patient.class).call();
            for (int i = 0; i < 200; i++) {
                call.block();
            }
            Disposable first = call.subscribe();
            int before = Thread.activeCount();

            Disposable[] waiting = new Disposable[199];
            for (int i = 0; i < waiting.length; i++) {
                waiting[i] = call.subscribe();
            }

            assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 2);
            assertThat(waiting).noneMatch(Disposable::isDisposed);
            for (int i = waiting.length - 1; i >= 0; i--) {
                waiting[i].dispose();
            }
            first.dispose();
            assertThat(store.held()).isEqualTo(200);
        });
    }

    static class Client {

        private final AtomicInteger runs = new AtomicInteger();
        private final Sinks.Many<String> sink = Sinks.many().multicast().onBackpressureBuffer();

        public int runs() {
            return runs.get();
        }

        public Sinks.Many<String> sink() {
            return sink;
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> mono(String account) {
            runs.incrementAndGet();
            return Mono.just(account);
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Flux<String> flux() {
            return Flux.just("a", "b", "c");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Flux<String> endless() {
            return sink.asFlux();
        }

        @ReverseRateLimited(window = "1s", limit = 1)
        public Flux<String> impatient() {
            runs.incrementAndGet();
            return Flux.just("a");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> throwing() {
            throw new IllegalStateException("thrown");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> returningNull() {
            return null;
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> empty() {
            return Mono.empty();
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Single<String> single() {
            return Single.just("answer");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Flowable<String> flowable() {
            return Flowable.just("a", "b");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Publisher<String> publisher() {
            return Flux.just("a", "b");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Flow.Publisher<String> flow() {
            return JdkFlowAdapter.publisherToFlowPublisher(Flux.just("a", "b"));
        }
    }

    interface Remote {

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        Mono<String> call();
    }

    @Configuration(proxyBeanMethods = false)
    static class Interfaces {

        /** As those of HttpServiceProxyFactory: no bean behind it, an interceptor answers. */
        @Bean
        Remote remote() {
            return ProxyFactory.getProxy(Remote.class, (MethodInterceptor) call -> Mono.just("remote"));
        }
    }

    static class Impossible {

        @ReverseRateLimited(window = "1s", limit = 1)
        public ConnectableFlux<String> call() {
            return Flux.just("a").publish();
        }
    }

    static class Patient {

        @ReverseRateLimited(window = "1h", limit = 200, maxWait = "60d")
        public Mono<String> call() {
            return Mono.just("answer");
        }
    }
}
