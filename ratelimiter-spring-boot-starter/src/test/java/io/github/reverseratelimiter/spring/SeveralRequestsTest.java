package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is asked for where several annotations stand on one method. */
class SeveralRequestsTest {

    @Test
    void areThoseOfAllInTheirOrder() {
        with((client, limiter) -> {
            client.accountAndAll("acme");

            assertThat(limiter.calls).hasSize(1);
            assertThat(limiter.calls.get(0))
                    .extracting(request -> request.key().value())
                    .containsExactly("acme", "all");
        });
    }

    @Test
    void comeFromTheContainerToo() {
        with((client, limiter) -> {
            client.contained("acme");

            assertThat(limiter.calls.get(0))
                    .extracting(request -> request.key().value())
                    .containsExactly("acme", "all");
        });
    }

    @Test
    void comeFromComposedAnnotations() {
        with((client, limiter) -> {
            client.composed("acme");

            assertThat(limiter.calls.get(0))
                    .extracting(request -> request.key().value())
                    .containsExactlyInAnyOrder("all", "acme");
        });
    }

    @Test
    void areOnlyThoseOfTheNearestPlace() {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues(LIMITERS)
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(Overriding.class)
                .run(context -> {
                    context.getBean(Overriding.class).accountAndAll("acme");

                    assertThat(limiter.calls.get(0))
                            .extracting(request -> request.key().value())
                            .containsExactly("one of acme", "two of acme");
                });
    }

    @Test
    void mayHaveOneKeyAndSeveralWindows() {
        with((client, limiter) -> {
            client.windows("acme");

            assertThat(limiter.calls.get(0))
                    .extracting(CreditRequest::limits)
                    .containsExactly(
                            List.of(RateLimit.of(5, Duration.ofSeconds(1))),
                            List.of(RateLimit.of(100, Duration.ofMinutes(1))));
        });
    }

    @Test
    void waitAsOneOfThemSays() {
        with((client, limiter) -> {
            client.waits("acme");

            assertThat(limiter.calls.get(0))
                    .extracting(CreditRequest::waiting)
                    .containsOnly(new Waiting.Retries(
                            2, Optional.of(Duration.ofMillis(5)), Optional.of(Duration.ofSeconds(1))));
        });
    }

    @Test
    void waitAsTheLimiterIsConfiguredThatWaits() {
        with((client, limiter) -> {
            client.named("acme");

            assertThat(limiter.calls.get(0))
                    .extracting(CreditRequest::waiting)
                    .containsOnly(Waiting.upTo(Duration.ofSeconds(2)));
        });
    }

    @Test
    void nameTheLimiterThatDenied() {
        with((client, limiter) -> {
            limiter.answer = new Acquisition.Denied(Duration.ofSeconds(1), Acquisition.Reason.EXHAUSTED, 0, 1);

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> client.accountAndAll("acme"))
                    .withMessageContaining("all-limiter");
        });
    }

    @Test
    void onAType() {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(OnType.class)
                .run(context -> {
                    context.getBean(OnType.class).call("acme");

                    assertThat(limiter.calls.get(0))
                            .extracting(request -> request.key().value())
                            .containsExactly("acme", OnType.class.getName());
                });
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(TwoWaits.class, "maxWait is \"1s\" in one annotation and \"2s\" in another"),
                wrong(TwoRetries.class, "retries is \"1\" in one annotation and \"2\" in another"),
                wrong(TwoIntervals.class, "retryInterval is \"1ms\" in one annotation and \"2ms\" in another"),
                wrong(TwoFallbacks.class, "fallbackMethod is \"a\" in one annotation and \"b\" in another"),
                wrong(TwoRefunds.class, "refundOn is \"[IOException]\"", "\"[UncheckedIOException]\" in another"),
                wrong(SameWindow.class, "two limits have the same window: 5 per 1s and 6 per 1s", "keep the smaller"),
                wrong(TwoCosts.class, "two annotations for key #account cost 1 and 2 credits", "give both the same"),
                wrong(LongMargin.class, "margin must not be longer than the window but was 2s for a limit of 5 per 1s"),
                wrong(TwoLimitersThatWait.class, "limiters of one call wait in different ways", "maxWait=PT2S"));
    }

    private static Arguments wrong(Class<?> bean, String... said) {
        return Arguments.of(bean, List.of(said));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void stopTheStartWhereTheyContradictEachOther(Class<?> bean, List<String> said) {
        Contexts.memory().withPropertyValues(LIMITERS).withBean("client", bean).run(context -> {
            String analysis = Analyses.of(context.getStartupFailure());

            assertThat(analysis).contains(bean.getName() + ".call(");
            assertThat(said).allSatisfy(part -> assertThat(analysis).containsIgnoringCase(part));
        });
    }

    private static final String[] LIMITERS = {
        "reverse-rate-limiter.limiters.github.limit=5",
        "reverse-rate-limiter.limiters.github.window=1s",
        "reverse-rate-limiter.limiters.github.max-wait=2s",
        "reverse-rate-limiter.limiters.stripe.limit=8",
        "reverse-rate-limiter.limiters.stripe.window=1s",
        "reverse-rate-limiter.limiters.other.limit=8",
        "reverse-rate-limiter.limiters.other.window=1s",
        "reverse-rate-limiter.limiters.other.retries=3"
    };

    private static void with(BiConsumer<Client, RecordingLimiter> test) {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues(LIMITERS)
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), limiter));
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ReverseRateLimited(key = "'all'", limit = 100, window = "1m")
    @interface LimitedOverall {}

    static class Client {

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        @ReverseRateLimited(name = "all-limiter", key = "'all'", limit = 100, window = "1m")
        public void accountAndAll(String account) {}

        @ReverseRateLimited.List({
            @ReverseRateLimited(key = "#account", limit = 5, window = "1s"),
            @ReverseRateLimited(key = "'all'", limit = 100, window = "1m")
        })
        public void contained(String account) {}

        @LimitedOverall
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        public void composed(String account) {}

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        @ReverseRateLimited(key = "#account", limit = 100, window = "1m")
        public void windows(String account) {}

        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", retries = 2, maxWait = "1000ms")
        @ReverseRateLimited(key = "'all'", limit = 100, window = "1m", retryInterval = "5ms", maxWait = "1s")
        public void waits(String account) {}

        @ReverseRateLimited(name = "github", key = "#account")
        @ReverseRateLimited(name = "stripe", key = "'all'")
        public void named(String account) {}
    }

    static class Overriding extends Client {

        @Override
        @ReverseRateLimited(key = "'one of ' + #account", limit = 5, window = "1s")
        @ReverseRateLimited(key = "'two of ' + #account", limit = 5, window = "1s")
        public void accountAndAll(String account) {}
    }

    @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
    @ReverseRateLimited(limit = 100, window = "1m")
    static class OnType {

        public void call(String account) {}
    }

    static class TwoWaits {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", maxWait = "1s")
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "2s")
        public void call(String account) {}
    }

    static class TwoRetries {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", retries = 1)
        @ReverseRateLimited(limit = 5, window = "1s", retries = 2)
        public void call(String account) {}
    }

    static class TwoIntervals {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", retries = 1, retryInterval = "1ms")
        @ReverseRateLimited(limit = 5, window = "1s", retryInterval = "2ms")
        public void call(String account) {}
    }

    static class TwoFallbacks {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", fallbackMethod = "a")
        @ReverseRateLimited(limit = 5, window = "1s", fallbackMethod = "b")
        public void call(String account) {}

        public void a(String account) {}

        public void b(String account) {}
    }

    static class TwoRefunds {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", refundOn = IOException.class)
        @ReverseRateLimited(limit = 5, window = "1s", refundOn = UncheckedIOException.class)
        public void call(String account) {}
    }

    static class SameWindow {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        @ReverseRateLimited(key = "#account", limit = 6, window = "1000ms")
        public void call(String account) {}
    }

    static class TwoCosts {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        @ReverseRateLimited(key = "#account", limit = 6, window = "2s", credits = 2)
        public void call(String account) {}
    }

    static class LongMargin {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s")
        @ReverseRateLimited(key = "#account", limit = 6, window = "1m", margin = "2s")
        public void call(String account) {}
    }

    static class TwoLimitersThatWait {
        @ReverseRateLimited(name = "github", key = "#account")
        @ReverseRateLimited(name = "other", key = "#account")
        public void call(String account) {}
    }
}
