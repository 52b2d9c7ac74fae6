package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.spring.Application;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationContext;

/** What becomes of a call. */
enum Outcome {
    GRANTED("granted") {
        @Override
        void check(Cell cell, Application application, ApplicationContext context) {
            assertThat(cell.call(context, "denied", "acme")).isCompletedWithValue(Answers.CALLED);
            assertThat(cell.call(context, "denied", "acme")).isCompletedWithValue(Answers.CALLED);
        }
    },
    WAITS("waits") {
        @Override
        void check(Cell cell, Application application, ApplicationContext context) {
            assertThat(cell.call(context, "waiting", "acme")).isCompletedWithValue(Answers.CALLED);

            CompletableFuture<String> second = cell.call(context, "waiting", "acme");

            if (cell.returns().waitsInTheThread()) {
                assertThat(application.naps()).isEqualTo(1);
            } else {
                assertThat(second)
                        .as("the caller has it before the credit is there")
                        .isNotDone();
                application.pass(Duration.ofMillis(99));
                assertThat(second).isNotDone();
                application.pass(Duration.ofMillis(1));
                assertThat(application.naps()).isZero();
            }
            assertThat(second).isCompletedWithValue(Answers.CALLED);
        }
    },
    DENIED("denied") {
        @Override
        void check(Cell cell, Application application, ApplicationContext context) {
            cell.call(context, "denied", "acme").join();
            cell.call(context, "denied", "acme").join();

            assertThat(cell.call(context, "denied", "acme"))
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(RateLimitExceededException.class);
            assertThat(cell.call(context, "denied", "another")).isCompletedWithValue(Answers.CALLED);
        }
    },
    FALLBACK("fallback") {
        @Override
        void check(Cell cell, Application application, ApplicationContext context) {
            assertThat(cell.call(context, "replaced", "acme")).isCompletedWithValue(Answers.CALLED);

            assertThat(cell.call(context, "replaced", "acme")).isCompletedWithValue(Answers.INSTEAD);
        }
    };

    private final String text;

    Outcome(String text) {
        this.text = text;
    }

    abstract void check(Cell cell, Application application, ApplicationContext context);

    /** As the table has it. */
    String text() {
        return text;
    }

    /** A cell of the table in which all of them were seen. */
    static String row() {
        return Arrays.stream(values())
                .map(each -> each.text.substring(0, 1).toUpperCase(Locale.ROOT))
                .collect(Collectors.joining(" ", " ", ""));
    }
}
