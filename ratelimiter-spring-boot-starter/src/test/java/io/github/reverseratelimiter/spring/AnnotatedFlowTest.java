package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.RateLimiterListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** At most so many calls at once, until completion, evenly, with a learnt margin: as annotations say it. */
class AnnotatedFlowTest {

    static class Client {

        private final CompletableFuture<String> response = new CompletableFuture<>();

        private final AtomicInteger capped = new AtomicInteger();

        /** How many calls with nothing but a cap have begun; by a method, since the bean is behind a proxy. */
        int capped() {
            return capped.get();
        }

        void answer() {
            response.complete("200");
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public String blocking() {
            capped.incrementAndGet();
            return response.join();
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public CompletableFuture<String> future() {
            capped.incrementAndGet();
            return response;
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public CompletionStage<String> stage() {
            capped.incrementAndGet();
            return response.minimalCompletionStage();
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public Mono<String> mono() {
            capped.incrementAndGet();
            return Mono.fromFuture(response, true);
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public Flux<String> flux() {
            capped.incrementAndGet();
            return Flux.from(Mono.fromFuture(response, true));
        }

        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public String another() {
            return "answer";
        }

        @ReverseRateLimited(key = "'acme'", limit = 9, window = "1h", maxInFlight = 1)
        public CompletableFuture<String> beside() {
            return response;
        }

        @ReverseRateLimited(key = "'acme'", limit = 1, window = "1ms", countUntil = "completion")
        public CompletableFuture<String> untilCompletion() {
            return response;
        }

        @ReverseRateLimited(key = "'acme'", limit = 10, window = "10h", pace = true)
        public void paced() {}

        @ReverseRateLimited(name = "provider", key = "'acme'", maxInFlight = 1)
        public CompletableFuture<String> fewerThanTheLimiter() {
            return response;
        }

        @ReverseRateLimited(name = "provider", key = "'acme'")
        public CompletableFuture<String> asTheLimiter() {
            return response;
        }

        @ReverseRateLimited(key = "'acme'", limit = 2, window = "1h")
        @ReverseRateLimited(key = "'acme'", maxInFlight = 1)
        public CompletableFuture<String> twoAnnotations() {
            return response;
        }

        @ReverseRateLimited(name = "learner", key = "'acme'", limit = 1, window = "1h", margin = "auto")
        public void learning() {}

        @ReverseRateLimited(name = "provider", key = "'learner'", margin = "auto")
        public void learningOfANamedLimiter() {}
    }

    enum Style {
        BLOCKING,
        FUTURE,
        /** That is nothing else: it cannot be asked whether it is cancelled. */
        STAGE,
        MONO,
        FLUX;

        CompletableFuture<String> call(Client client) {
            return switch (this) {
                case BLOCKING -> CompletableFuture.supplyAsync(client::blocking, task -> new Thread(task).start());
                case FUTURE -> client.future();
                case STAGE -> client.stage().toCompletableFuture();
                case MONO -> client.mono().toFuture();
                case FLUX -> client.flux().next().toFuture();
            };
        }
    }

    private static ApplicationContextRunner application() {
        return Contexts.memory()
                .withPropertyValues(
                        // so wide that no grant comes too late on a busy machine: it would be given back
                        "reverse-rate-limiter.margin=1h",
                        "reverse-rate-limiter.limiters.provider.limit=9",
                        "reverse-rate-limiter.limiters.provider.window=1h",
                        "reverse-rate-limiter.limiters.provider.max-in-flight=5")
                .withBean(Client.class);
    }

    private static void with(Consumer<Client> test) {
        application().run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(context.getBean(Client.class));
        });
    }

    private static boolean isDenied(Supplier<?> call) {
        try {
            var unused = call.get();
            return false;
        } catch (RateLimitExceededException e) {
            return true;
        }
    }

    private static boolean isDeniedLater(Supplier<CompletableFuture<String>> call) {
        CompletableFuture<String> future = call.get();
        return future.isCompletedExceptionally();
    }

    @ParameterizedTest
    @EnumSource
    void aCapAloneLetsOneCallGoUntilItHasEnded(Style style) {
        with(client -> {
            CompletableFuture<String> call = style.call(client);
            Awaitility.await().until(() -> client.capped() == 1);
            assertThat(isDenied(client::another)).isTrue();

            client.answer();

            assertThat(call).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("200");
            Awaitility.await().until(() -> !isDenied(client::another));
        });
    }

    /** Whoever is told of the end may make the next call there and then. */
    @Test
    void aSubscriberMayMakeTheNextCallWithTheAnswerOfTheOneBefore() {
        with(client -> {
            client.answer();

            assertThat(client.mono().flatMap(answer -> client.mono()).block()).isEqualTo("200");
            assertThat(client.flux()
                            .collectList()
                            .flatMapMany(answers -> client.flux())
                            .blockFirst())
                    .isEqualTo("200");
        });
    }

    @Test
    void aCapBesideAWindowHoldsToo() {
        with(client -> {
            client.beside();
            assertThat(isDeniedLater(client::beside)).isTrue();

            client.answer();

            assertThat(isDeniedLater(client::beside)).isFalse();
        });
    }

    @Test
    void aCapAndAWindowOfTwoAnnotationsAreOneTake() {
        with(client -> {
            client.twoAnnotations();
            assertThat(isDeniedLater(client::twoAnnotations)).isTrue();

            client.answer();

            assertThat(isDeniedLater(client::twoAnnotations)).isFalse();
            assertThat(isDeniedLater(client::twoAnnotations))
                    .as("the window is spent")
                    .isTrue();
        });
    }

    @Test
    void untilCompletionACreditCountsForAsLongAsItsCallIsUnderway() {
        with(client -> {
            client.untilCompletion();
            Awaitility.await().during(Duration.ofMillis(50)).until(() -> isDeniedLater(client::untilCompletion));

            client.answer();

            Awaitility.await().until(() -> !isDeniedLater(client::untilCompletion));
        });
    }

    @Test
    void aPacedCallComesAPartOfTheWindowAfterTheOneBefore() {
        with(client -> {
            client.paced();

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(client::paced)
                    .satisfies(denied ->
                            assertThat(denied.retryAfter()).isBetween(Duration.ofMinutes(50), Duration.ofMinutes(66)));
        });
    }

    @Test
    void theCapOfAnAnnotationGoesBeforeThatOfItsLimiter() {
        with(client -> {
            client.asTheLimiter();

            assertThat(isDeniedLater(client::fewerThanTheLimiter)).isTrue();
            assertThat(isDeniedLater(client::asTheLimiter)).isFalse();
        });
    }

    @Test
    void aMarginThatIsLearntGrowsWithARefusal() {
        margins(Client::learning, "learner");
    }

    @Test
    void theMarginOfANamedLimiterIsLearntForWhoAsksForIt() {
        margins(client -> client.learningOfANamedLimiter(), "provider");
    }

    private static void margins(Consumer<Client> call, String limiter) {
        List<Duration> learnt = new CopyOnWriteArrayList<>();
        application()
                .withPropertyValues(
                        "reverse-rate-limiter.limiters.provider.limit=1",
                        "reverse-rate-limiter.limiters.provider.margin=25ms")
                .withBean(ProviderAnswers.class, () -> (result, failure) -> CallEnd.REFUSED)
                .withBean(RateLimiterListener.class, () -> new RateLimiterListener() {
                    @Override
                    public void marginLearnt(String name, Duration margin) {
                        if (name.equals(limiter)) {
                            learnt.add(margin);
                        }
                    }
                })
                .run(context -> {
                    call.accept(context.getBean(Client.class));

                    Awaitility.await()
                            .untilAsserted(() -> assertThat(learnt)
                                    .contains(Duration.ofMillis(25))
                                    .anySatisfy(margin -> assertThat(margin).isGreaterThan(Duration.ofMillis(25))));
                });
    }

    @Test
    void nobodyIsAskedHowACallEndedThatIsNotCountedAndTeachesNothing() {
        AtomicInteger asked = new AtomicInteger();
        application()
                .withBean(ProviderAnswers.class, () -> (result, failure) -> {
                    asked.incrementAndGet();
                    return CallEnd.ANSWERED;
                })
                .run(context -> {
                    context.getBean(Client.class).paced();
                    assertThat(asked).hasValue(0);

                    context.getBean(Client.class).another();
                    assertThat(asked).hasValue(1);
                });
    }

    @Test
    void aCallHasEndedAlsoWhereTheAnswerCannotBeUnderstood() {
        application()
                .withBean(ProviderAnswers.class, () -> (result, failure) -> {
                    throw new IllegalStateException("what is this?");
                })
                .run(context -> {
                    context.getBean(Client.class).another();

                    assertThat(isDenied(context.getBean(Client.class)::another)).isFalse();
                });
    }

    /** As the test above, of a future that is not complete yet when its caller has it. */
    @Test
    void whatIsChainedToAFutureMayMakeTheNextCall() {
        with(client -> {
            CompletableFuture<String> next = client.future().thenCompose(answer -> client.future());
            client.answer();

            assertThat(next).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("200");
        });
    }
}
