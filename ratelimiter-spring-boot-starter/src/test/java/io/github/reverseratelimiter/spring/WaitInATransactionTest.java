package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** A limited method that waits within its transaction holds a connection meanwhile. */
class WaitInATransactionTest {

    private static final String HERE = WaitInATransactionTest.class.getName() + "$";

    @ParameterizedTest
    @ValueSource(classes = {OnTheMethod.class, OnTheClass.class, Retrying.class})
    void isWarnedOf(Class<?> bean) {
        assertThat(warnings(bean))
                .hasSize(1)
                .first()
                .asString()
                .contains("@ReverseRateLimited on " + bean.getName() + ".call(): it is @Transactional")
                .contains("holds a connection while it waits for a credit")
                .contains("wait in the method that calls it, or set reverse-rate-limiter.advice=outermost");
    }

    @Test
    void isNoneForAFutureButItsTransactionIsOver() {
        assertThat(warnings(Future.class))
                .hasSize(1)
                .first()
                .asString()
                .contains("Future.call(): it is @Transactional, and runs in another thread, without its transaction")
                .contains("set reverse-rate-limiter.advice=outermost");
    }

    @ParameterizedTest
    @ValueSource(classes = {NotWaiting.class, NotTransactional.class, Suspending.class})
    void isNotSeenWhereThereIsNone(Class<?> bean) {
        assertThat(warnings(bean)).isEmpty();
    }

    @Test
    void isNoneWhereCreditsAreTakenBeforeTheTransactionBegins() {
        assertThat(warnings(OnTheMethod.class, "reverse-rate-limiter.advice=outermost"))
                .isEmpty();
    }

    @Test
    void mayBeIgnored() {
        assertThat(warnings(OnTheMethod.class, "reverse-rate-limiter.misuse=ignore"))
                .isEmpty();
    }

    @Test
    void mayStopTheStart() {
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.misuse=fail")
                .withBean(OnTheMethod.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("@ReverseRateLimited on " + HERE + "OnTheMethod.call() is wrong")
                        .contains("It is @Transactional"));
    }

    private static List<String> warnings(Class<?> bean, String... properties) {
        try (Warnings warnings = new Warnings()) {
            Contexts.memory()
                    .withPropertyValues(properties)
                    .withBean("client", bean)
                    .run(context -> assertThat(context).hasNotFailed());
            return warnings.texts();
        }
    }

    static class OnTheMethod {

        @Transactional
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "1s")
        public void call() {}
    }

    @Transactional
    static class OnTheClass {

        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "1s")
        public void call() {}
    }

    static class Retrying {

        @Transactional
        @ReverseRateLimited(limit = 5, window = "1s", retries = 1)
        public void call() {}
    }

    static class Future {

        @Transactional
        @ReverseRateLimited(limit = 5, window = "1s")
        public CompletableFuture<String> call() {
            return CompletableFuture.completedFuture("called");
        }
    }

    static class NotWaiting {

        @Transactional
        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}
    }

    static class NotTransactional {

        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "1s")
        public void call() {}
    }

    static class Suspending {

        @Transactional(propagation = Propagation.NOT_SUPPORTED)
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "1s")
        public void call() {}
    }
}
