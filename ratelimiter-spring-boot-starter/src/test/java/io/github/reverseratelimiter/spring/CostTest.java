package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that are texts: from the arguments of a call, or from properties. */
class CostTest {

    @Test
    void dependsOnTheArguments() {
        with((client, store) -> {
            client.batch(List.of("a", "b", "c"));
            client.batch(List.of("a"));

            assertThat(credits(store)).containsExactly(3, 1);
        });
    }

    @Test
    void comesFromAPlaceholder() {
        with((client, store) -> {
            client.placeholder();

            assertThat(credits(store)).containsExactly(4);
        });
    }

    @Test
    void mayBeANumber() {
        with((client, store) -> {
            client.number();

            assertThat(credits(store)).containsExactly(3);
        });
    }

    static List<Object> numbers() {
        return List.of(
                2,
                2L,
                (short) 2,
                (byte) 2,
                2.0,
                new BigDecimal("2.00"),
                BigInteger.TWO,
                new AtomicInteger(2),
                Optional.of(2));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void takesEveryKindOfNumber(Object cost) {
        with((client, store) -> {
            client.any(cost);

            assertThat(credits(store)).containsExactly(2);
        });
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(null, "is null"),
                Arguments.of(Optional.empty(), "is null"),
                Arguments.of("secret", "is a java.lang.String, not a number"),
                Arguments.of(true, "is a java.lang.Boolean, not a number"),
                Arguments.of(0, "is 0, less than 1"),
                Arguments.of(-1L, "is -1, less than 1"),
                Arguments.of(2.5, "is 2.5, not a whole number"),
                Arguments.of(Double.NaN, "is NaN, not a whole number"),
                Arguments.of(1L << 40, "is 1099511627776, not a whole number"),
                Arguments.of(6, "credits must not exceed the limit but was 6 for a limit of 5 per 1h"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void takesNoCreditWhereItIsWrong(@Nullable Object cost, String problem) {
        with((client, store) -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.any(cost))
                    .withMessageContaining(problem)
                    .withMessageContaining("Client.any")
                    .withMessageContaining("no credit was taken")
                    .withMessageNotContaining("secret");

            assertThat(store.calls).isEmpty();
        });
    }

    @Test
    void takesNoCreditWhereItCannotBeEvaluated() {
        with((client, store) -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> client.batch(null))
                    .withMessageContaining("cost \"#batch.size()\" of")
                    .withMessageContaining("no credit was taken");

            assertThat(store.calls).isEmpty();
        });
    }

    @Test
    void readsTheLimitFromAPlaceholder() {
        with((client, store) -> {
            client.limitOfAProperty();

            assertThat(store.calls.get(0).limits()).containsExactly(RateLimit.of(7, Duration.ofHours(1)));
        });
    }

    @Test
    void readsTheRetriesFromAPlaceholder() {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues(PROPERTIES)
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).retriesOfAProperty();

                    assertThat(limiter.calls.get(0).get(0).waiting()).isEqualTo(Waiting.retries(2));
                });
    }

    @Test
    void doesNotWaitWithoutRetriesEvenWhereTheLimiterIsConfiguredTo() {
        RecordingLimiter limiter = new RecordingLimiter();
        Contexts.memory()
                .withPropertyValues(PROPERTIES)
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).noRetries();

                    assertThat(limiter.calls.get(0).get(0).waiting()).isEqualTo(Waiting.none());
                });
    }

    private static List<Integer> credits(RecordingStore store) {
        return store.calls.stream()
                .map(call -> call.requests().get(0).credits())
                .toList();
    }

    private static final String[] PROPERTIES = {
        "unit.cost=4",
        "my.limit=7",
        "my.retries=2",
        "reverse-rate-limiter.limiters.github.limit=5",
        "reverse-rate-limiter.limiters.github.window=1s",
        "reverse-rate-limiter.limiters.github.retries=3"
    };

    private static void with(BiConsumer<Client, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store)
                .withPropertyValues(PROPERTIES)
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), store));
    }

    static class Client {

        @ReverseRateLimited(cost = "#batch.size()", window = "1h", limit = 5)
        public void batch(@Nullable List<String> batch) {}

        @ReverseRateLimited(cost = "${unit.cost}", window = "1h", limit = 5)
        public void placeholder() {}

        @ReverseRateLimited(cost = "3", window = "1h", limit = 5)
        public void number() {}

        @ReverseRateLimited(cost = "#cost", window = "1h", limit = 5)
        public void any(@Nullable Object cost) {}

        @ReverseRateLimited(limitString = "${my.limit}", window = "1h")
        public void limitOfAProperty() {}

        @ReverseRateLimited(retriesString = "${my.retries}", limit = 5, window = "1h")
        public void retriesOfAProperty() {}

        @ReverseRateLimited(name = "github", retriesString = "0")
        public void noRetries() {}
    }
}
