package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** How the texts of an annotation are read. */
class AttributesTest {

    @Test
    void readsShortDurations() {
        with((client, store) -> {
            client.shortDuration();

            assertThat(store.calls.get(0).limits()).containsExactly(RateLimit.of(5, Duration.ofMinutes(1)));
        });
    }

    @Test
    void readsIsoDurations() {
        with((client, store) -> {
            client.isoDuration();

            assertThat(store.calls.get(0).limits()).containsExactly(RateLimit.of(5, Duration.ofSeconds(90)));
        });
    }

    @Test
    void takesTheGeneralMarginIfThereIsNone() {
        with((client, store) -> {
            client.shortDuration();

            assertThat(store.calls.get(0).margin()).isEqualTo(Duration.ofMillis(11));
        });
    }

    @Test
    void cutsTheGeneralMarginToAShortWindow() {
        with((client, store) -> {
            client.shortWindow();

            assertThat(store.calls.get(0).margin()).isEqualTo(Duration.ofMillis(2));
        });
    }

    @Test
    void takesItsOwnMargin() {
        with((client, store) -> {
            client.placeholders("acme");

            assertThat(store.calls.get(0).margin()).isEqualTo(Duration.ofMillis(3));
        });
    }

    @Test
    void takesTheKeyFromAPlaceholder() {
        with((client, store) -> {
            client.placeholders("acme");

            assertThat(store.keys()).first().isEqualTo("acme!");
        });
    }

    @Test
    void takesTheNameFromAPlaceholder() {
        with((client, store) -> {
            client.placeholders("acme");

            assertThat(store.calls.get(0).key().limiter()).isEqualTo("stripe");
        });
    }

    @Test
    void takesTheWindowFromAPlaceholder() {
        with((client, store) -> {
            client.placeholders("acme");

            assertThat(store.calls.get(0).limits()).containsExactly(RateLimit.of(5, Duration.ofMinutes(2)));
        });
    }

    @Test
    void takesTheLongestWaitFromAPlaceholder() {
        with((client, store) -> {
            client.waits();

            assertThat(store.calls.get(0).requests().get(0).maxWait()).isEqualTo(4_000_000);
        });
    }

    @Test
    void takesTheDefaultOfAPlaceholder() {
        with((client, store) -> {
            client.defaults();

            assertThat(store.calls.get(0).limits()).containsExactly(RateLimit.of(5, Duration.ofSeconds(7)));
        });
    }

    @Test
    void readsZeroWithoutAUnit() {
        with((client, store) -> {
            client.zero();

            assertThat(store.calls.get(0).margin()).isZero();
            assertThat(store.calls.get(0).requests().get(0).maxWait()).isZero();
        });
    }

    private static void with(BiConsumer<Client, RecordingStore> test) {
        RecordingStore store = new RecordingStore();
        Contexts.bare()
                .withPropertyValues(
                        "reverse-rate-limiter.margin=11ms",
                        "my.key=#account + '!'",
                        "my.name=stripe",
                        "my.window=2m",
                        "my.margin=3ms",
                        "my.wait=4s",
                        "my.interval=1ms")
                .withBean(CreditStore.class, () -> store)
                .withBean(Client.class)
                .run(context -> test.accept(context.getBean(Client.class), store));
    }

    static class Client {

        @ReverseRateLimited(limit = 5, window = "1m")
        public void shortDuration() {}

        @ReverseRateLimited(limit = 5, window = "PT1M30S")
        public void isoDuration() {}

        @ReverseRateLimited(limit = 5, window = "2ms")
        public void shortWindow() {}

        @ReverseRateLimited(
                key = "${my.key}",
                name = "${my.name}",
                limit = 5,
                window = "${my.window}",
                margin = "${my.margin}",
                retries = 1,
                retryInterval = "${my.interval}")
        public void placeholders(String account) {}

        @ReverseRateLimited(limit = 5, window = "1s", margin = "0", maxWait = "0")
        public void zero() {}

        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "${my.wait}")
        public void waits() {}

        @ReverseRateLimited(limit = 5, window = "${no.such:7s}")
        public void defaults() {}
    }
}
