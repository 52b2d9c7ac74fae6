package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an annotated method does. */
class ReverseRateLimitedTest {

    private static final RateLimit TWO = RateLimit.of(2, Duration.ofHours(1));

    @Test
    void grantsUpToTheLimitThenThrows() {
        with(client -> {
            client.byAccount("acme");
            client.byAccount("acme");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.byAccount("acme"));
        });
    }

    @Test
    void doesNotRunTheMethodWithoutACredit() {
        with(client -> {
            client.byAccount("acme");
            client.byAccount("acme");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.byAccount("acme"));

            assertThat(client.runs()).hasValue(2);
        });
    }

    @Test
    void saysWhichLimitWasExceededAndNotWhoseItIs() {
        with(client -> {
            client.byAccount("acme-secret");
            client.byAccount("acme-secret");

            RateLimitExceededException e =
                    catchThrowableOfType(RateLimitExceededException.class, () -> client.byAccount("acme-secret"));

            assertThat(e).hasMessageContaining("2 per 1h").hasMessageNotContaining("acme-secret");
            assertThat(e.key()).isEqualTo("acme-secret");
            assertThat(e.limits()).containsExactly(TWO);
            assertThat(e.reason()).isEqualTo(Acquisition.Reason.EXHAUSTED);
            assertThat(e.retryAfter()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
        });
    }

    @Test
    void keepsKeysApart() {
        with(client -> {
            client.byAccount("acme");
            client.byAccount("acme");

            client.byAccount("other");

            assertThat(client.runs()).hasValue(3);
        });
    }

    @Test
    void sharesOneBudgetAmongMethodsWithOneKey() {
        with(client -> {
            client.byAccount("acme");
            client.alsoByAccount("acme");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.byAccount("acme"));
        });
    }

    @Test
    void keepsBudgetsOfDifferentNamesApart() {
        with(client -> {
            client.byAccount("acme");
            client.byAccount("acme");

            client.ofStripe("acme");

            assertThat(client.runs()).hasValue(3);
        });
    }

    @Test
    void sharesItsBudgetWithTheInjectedLimiter() {
        Contexts.memory().withBean(Client.class).run(context -> {
            Client client = context.getBean(Client.class);
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

            client.byAccount("acme");

            assertThat(limiter.tryAcquire("acme", TWO).remaining()).isZero();
            assertThat(limiter.tryAcquire("acme", TWO)).isInstanceOf(Acquisition.Denied.class);
        });
    }

    @Test
    void takesTheDeclaringClassAndMethodForAnUnsetKey() {
        Contexts.memory().withBean(Client.class).run(context -> {
            context.getBean(Client.class).withoutKey("anything");

            Acquisition next = context.getBean(ReverseRateLimiter.class)
                    .acquire(request(
                            "", "io.github.reverseratelimiter.spring.ReverseRateLimitedTest$Client#withoutKey"));

            assertThat(next.remaining()).isZero();
        });
    }

    @Test
    void takesTheInterfaceForAnUnsetKeyOfAnInterfaceMethod() {
        Contexts.memory().withBean(ImplementedTwice.class).run(context -> {
            context.getBean(Remote.class).call();

            Acquisition next = context.getBean(ReverseRateLimiter.class)
                    .acquire(request("", "io.github.reverseratelimiter.spring.ReverseRateLimitedTest$Remote#call"));

            assertThat(next.remaining()).isZero();
        });
    }

    @Test
    void takesAsManyCreditsAsACallCosts() {
        with(client -> {
            client.forTwo("acme");

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> client.byAccount("acme"));
        });
    }

    @Test
    void limitsAnAnnotatedMethodOfAnInterface() {
        Contexts.memory().withBean(ImplementedTwice.class).run(context -> {
            Remote remote = context.getBean(Remote.class);
            remote.call();
            remote.call();

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(remote::call);
        });
    }

    @Test
    void limitsARecordByItsInterface() {
        Contexts.memory().withBean(RemoteRecord.class).run(context -> {
            Remote remote = context.getBean(Remote.class);
            remote.call();
            remote.call();

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(remote::call);
        });
    }

    @Test
    void limitsBeansOfBeanMethods() {
        Contexts.memory().withUserConfiguration(LambdaConfiguration.class).run(context -> {
            Remote remote = context.getBean(Remote.class);
            remote.call();
            remote.call();

            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(remote::call);
        });
    }

    @Test
    void limitsBehindJdkProxiesWhereTheApplicationAsksForThem() {
        Contexts.memory()
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(ImplementedTwice.class)
                .run(context -> {
                    Remote remote = context.getBean(Remote.class);
                    remote.call();
                    remote.call();

                    assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(remote::call);
                });
    }

    @Test
    void leavesOtherMethodsAlone() {
        with(client -> {
            for (int i = 0; i < 10; i++) {
                client.unlimited();
            }

            assertThat(client.runs()).hasValue(10);
        });
    }

    @Test
    void leavesOtherBeansWithoutAProxy() {
        Contexts.memory()
                .withBean(Plain.class)
                .run(context ->
                        assertThat(context.getBean(Plain.class).getClass()).isEqualTo(Plain.class));
    }

    @Test
    void saysWhereToFindOutWhyTheStoreIsAway() {
        Contexts.redis().withBean(Client.class).run(context -> {
            Client client = context.getBean(Client.class);

            assertThatExceptionOfType(CreditStoreException.class)
                    .isThrownBy(() -> client.byAccount("acme-secret"))
                    .withMessageStartingWith("No credit for Client.byAccount: the store is away")
                    .withMessageContaining("reverse-rate-limiter.store-timeout")
                    .withMessageContaining("logging.level.io.github.reverseratelimiter=debug")
                    .withMessageNotContaining("acme-secret");
            assertThatExceptionOfType(CreditStoreException.class)
                    .isThrownBy(() -> client.ofStripe("acme"))
                    .withMessageContaining("(limiter 'stripe')");
            assertThat(client.runs()).hasValue(0);
        });
    }

    @Test
    void passesOnWhatTheMethodThrows() {
        with(client -> assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(client::failing)
                .withMessage("mine"));
    }

    private static CreditRequest request(String limiter, String key) {
        return new CreditRequest(new CreditKey(limiter, key), List.of(TWO), Duration.ZERO, 1, Waiting.none());
    }

    private static void with(Consumer<Client> test) {
        Contexts.memory().withBean(Client.class).run(context -> test.accept(context.getBean(Client.class)));
    }

    static class Client {

        final AtomicInteger runs = new AtomicInteger();

        AtomicInteger runs() {
            return runs;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        public void byAccount(String account) {
            runs.incrementAndGet();
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2)
        public void alsoByAccount(String account) {
            runs.incrementAndGet();
        }

        @ReverseRateLimited(name = "stripe", key = "#account", window = "1h", limit = 2)
        public void ofStripe(String account) {
            runs.incrementAndGet();
        }

        @ReverseRateLimited(window = "1h", limit = 2)
        public void withoutKey(String argument) {
            runs.incrementAndGet();
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 2, credits = 2)
        public void forTwo(String account) {
            runs.incrementAndGet();
        }

        @ReverseRateLimited(window = "1h", limit = 2)
        public void failing() {
            throw new IllegalStateException("mine");
        }

        public void unlimited() {
            runs.incrementAndGet();
        }
    }

    static class Plain {}

    interface Remote {

        @ReverseRateLimited(window = "1h", limit = 2)
        void call();
    }

    static class ImplementedTwice implements Remote {

        @Override
        public void call() {}
    }

    record RemoteRecord() implements Remote {

        @Override
        public void call() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class LambdaConfiguration {

        @Bean
        Remote remote() {
            return () -> {};
        }
    }
}
