package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.Contexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of bean, with a credit, with one later, and without. */
class KindsOfBeanTest {

    @ParameterizedTest
    @MethodSource("io.github.reverseratelimiter.spring.kinds.Kind#all")
    void isCalledWithACredit(Kind kind) {
        with(kind, calls -> {
            assertThat(calls.denied().apply("acme")).isEqualTo(Calls.ANSWER);
            assertThat(calls.denied().apply("acme")).isEqualTo(Calls.ANSWER);
        });
    }

    @ParameterizedTest
    @MethodSource("io.github.reverseratelimiter.spring.kinds.Kind#all")
    void isNotCalledWithoutOne(Kind kind) {
        with(kind, calls -> {
            assertThat(calls.denied().apply("acme")).isEqualTo(Calls.ANSWER);
            assertThat(calls.denied().apply("acme")).isEqualTo(Calls.ANSWER);

            assertThatExceptionOfType(RateLimitExceededException.class)
                    .isThrownBy(() -> calls.denied().apply("acme"));
            assertThat(calls.denied().apply("another")).isEqualTo(Calls.ANSWER);
        });
    }

    @ParameterizedTest
    @MethodSource("io.github.reverseratelimiter.spring.kinds.Kind#all")
    void waitsForOne(Kind kind) {
        with(kind, calls -> {
            long start = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                assertThat(calls.waiting().apply("acme")).isEqualTo(Calls.ANSWER);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(199));
        });
    }

    @ParameterizedTest
    @MethodSource("io.github.reverseratelimiter.spring.kinds.Kind#all")
    void isReplacedByItsFallback(Kind kind) {
        with(kind, calls -> {
            assertThat(calls.replaced().apply("acme")).isEqualTo(Calls.ANSWER);
            assertThat(calls.replaced().apply("acme")).isEqualTo(Calls.INSTEAD);
        });
    }

    @Test
    void isInTheDocumentedTable() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("../docs/annotation.md")).stream()
                .dropWhile(line -> !line.equals("### Kinds of bean"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| Kind"))
                .map(line -> line.substring(2, line.indexOf(" |", 2)))
                .toList();

        assertThat(rows).startsWith(Kind.all().map(Kind::name).toArray(String[]::new));
    }

    private static void with(Kind kind, Consumer<Calls> test) {
        kind.beans().apply(Contexts.memory()).run(context -> {
            assertThat(context).hasNotFailed();
            test.accept(kind.calls().apply(context));
        });
    }
}
