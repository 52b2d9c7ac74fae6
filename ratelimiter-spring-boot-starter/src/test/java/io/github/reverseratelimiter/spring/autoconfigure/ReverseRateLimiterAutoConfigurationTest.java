package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.spring.Analyses;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.connection.RedisConnectionFactory;

class ReverseRateLimiterAutoConfigurationTest {

    private static final RateLimit ONE = RateLimit.of(1, Duration.ofHours(1));

    @Test
    void countsInRedisUnlessToldOtherwise() {
        Contexts.redis().run(context -> {
            assertThat(context.getBean(CreditStore.class)).isInstanceOf(RedisCreditStore.class);
            assertThat(context.getBean(RedisScriptExecutor.class)).isInstanceOf(SpringDataRedisScriptExecutor.class);
        });
    }

    @Test
    void startsWhileRedisIsAway() {
        Contexts.redis().run(context -> assertThat(context).hasNotFailed().hasSingleBean(ReverseRateLimiter.class));
    }

    @Test
    void connectsAtTheStartInTheBackground() {
        RedisConnectionFactory factory = mock();
        Contexts.bare()
                .withBean(RedisConnectionFactory.class, () -> factory)
                .run(context -> verify(factory, timeout(10_000).atLeastOnce()).getConnection());
    }

    @Test
    void connectsToNothingBeforeItIsUsedWhereAllBeansAreLazy() {
        RedisConnectionFactory factory = mock();
        Contexts.bare()
                .withBean(BeanFactoryPostProcessor.class, LazyInitializationBeanFactoryPostProcessor::new)
                .withBean(RedisConnectionFactory.class, () -> factory)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    verifyNoInteractions(factory);
                });
    }

    @Test
    void contactsNoRedisForTheLimiterOfTheApplication() {
        RedisConnectionFactory factory = mock();
        Contexts.bare()
                .withBean(RedisConnectionFactory.class, () -> factory)
                .withBean(ReverseRateLimiter.class, () -> mock())
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    verifyNoInteractions(factory);
                });
    }

    @Test
    void countsInMemoryIfToldSo() {
        Contexts.memory()
                .run(context -> assertThat(context.getBean(CreditStore.class)).isInstanceOf(InMemoryCreditStore.class));
    }

    @Test
    void needsNoRedisToCountInMemory() {
        Contexts.memory()
                .withClassLoader(new FilteredClassLoader("org.springframework.data", "io.lettuce"))
                .run(context -> assertThat(
                                context.getBean(ReverseRateLimiter.class).tryAcquire("acme", ONE))
                        .isInstanceOf(Acquisition.Granted.class));
    }

    @Test
    void limitsMethodsWithoutRedisOnTheClassPath() {
        Contexts.memory()
                .withClassLoader(new FilteredClassLoader("org.springframework.data", "io.lettuce"))
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    assertThat(context.getBean(ReverseRateLimiter.class).tryAcquire("it", ONE))
                            .isInstanceOf(Acquisition.Denied.class);
                });
    }

    @Test
    void asksNoRedisToCountInMemory() {
        RedisConnectionFactory factory = mock();
        Contexts.memory()
                .withBean(RedisConnectionFactory.class, () -> factory)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    verifyNoInteractions(factory);
                });
    }

    @Test
    void explainsThatSpringDataRedisIsMissing() {
        Contexts.bare()
                .withClassLoader(new FilteredClassLoader("org.springframework.data", "io.lettuce"))
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Spring Data Redis is not among the dependencies")
                        .contains("spring-boot-starter-data-redis")
                        .contains("reverse-rate-limiter.store to memory"));
    }

    @Test
    void explainsThatThereIsNoConnectionFactory() {
        Contexts.bare()
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("No RedisConnectionFactory bean is defined")
                        .contains("spring-boot-starter-data-redis")
                        .contains("reverse-rate-limiter.store to memory"));
    }

    @Test
    void explainsThatThereAreSeveralConnectionFactories() {
        Contexts.bare()
                .withBean("one", RedisConnectionFactory.class, () -> mock())
                .withBean("two", RedisConnectionFactory.class, () -> mock())
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Found 2 RedisConnectionFactory beans [one, two]")
                        .contains("@Primary")
                        .contains("reverse-rate-limiter.redis-connection-factory"));
    }

    @Test
    void explainsThatTheNamedConnectionFactoryIsMissing() {
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.redis-connection-factory=three")
                .withBean("one", RedisConnectionFactory.class, () -> mock())
                .withBean("two", RedisConnectionFactory.class, () -> mock())
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("reverse-rate-limiter.redis-connection-factory names 'three'", "[one, two]"));
    }

    @Test
    void explainsThatThereAreSeveralStores() {
        Contexts.bare()
                .withBean("one", CreditStore.class, () -> mock())
                .withBean("two", CreditStore.class, () -> mock())
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Found 2 CreditStore beans [one, two]")
                        .contains("@Primary"));
    }

    @Test
    void usesTheNamedConnectionFactory() {
        RedisConnectionFactory one = mock();
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.redis-connection-factory=two")
                .withBean("one", RedisConnectionFactory.class, () -> one)
                .withBean("two", RedisConnectionFactory.class, () -> mock())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    context.getBean(ReverseRateLimiter.class).tryAcquire("acme", ONE);

                    verifyNoInteractions(one);
                });
    }

    @Test
    void usesThePrimaryConnectionFactory() {
        Contexts.bare().withUserConfiguration(TwoFactories.class).run(context -> {
            assertThat(context).hasNotFailed();
            context.getBean(ReverseRateLimiter.class).tryAcquire("acme", ONE);

            verifyNoInteractions(context.getBean("second"));
        });
    }

    @Test
    void givesWayToAStoreOfTheApplication() {
        CreditStore mine = new InMemoryCreditStore();
        Contexts.redis()
                .withBean("mine", CreditStore.class, () -> mine)
                .run(context -> assertThat(context).getBean(CreditStore.class).isSameAs(mine));
    }

    @Test
    void givesWayToALimiterOfTheApplication() {
        ReverseRateLimiter mine = mock();
        Contexts.bare()
                .withBean("mine", ReverseRateLimiter.class, () -> mine)
                .run(context ->
                        assertThat(context).getBean(ReverseRateLimiter.class).isSameAs(mine));
    }

    @Test
    void givesWayToAScriptExecutorOfTheApplication() {
        RedisScriptExecutor mine = mock();
        Contexts.redis()
                .withBean("mine", RedisScriptExecutor.class, () -> mine)
                .run(context ->
                        assertThat(context).getBean(RedisScriptExecutor.class).isSameAs(mine));
    }

    @Test
    void closesTheLimiterWithTheContext() {
        AtomicReference<ReverseRateLimiter> limiter = new AtomicReference<>();
        Contexts.memory().run(context -> limiter.set(context.getBean(ReverseRateLimiter.class)));

        assertThatIllegalStateException().isThrownBy(() -> limiter.get().tryAcquire("acme", ONE));
    }

    @Test
    void closesAScriptExecutorOfTheApplicationOnce() {
        RedisScriptExecutor mine = mock();
        Contexts.redis()
                .withBean("mine", RedisScriptExecutor.class, () -> mine)
                .run(context -> assertThat(context).hasSingleBean(ReverseRateLimiter.class));

        verify(mine).close();
    }

    @Test
    void takesAScriptExecutorOfTheApplicationWithoutSpringDataRedis() {
        RedisScriptExecutor mine = mock();
        Contexts.bare()
                .withClassLoader(new FilteredClassLoader("org.springframework.data", "io.lettuce"))
                .withBean("mine", RedisScriptExecutor.class, () -> mine)
                .run(context -> assertThat(context).getBean(CreditStore.class).isInstanceOf(RedisCreditStore.class));
    }

    @Test
    void takesAStoreOfTheApplicationWithoutSpringDataRedis() {
        Contexts.bare()
                .withClassLoader(new FilteredClassLoader("org.springframework.data", "io.lettuce"))
                .withBean(CreditStore.class, InMemoryCreditStore::new)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void explainsThatThereAreSeveralScriptExecutors() {
        Contexts.bare()
                .withBean("one", RedisScriptExecutor.class, () -> mock())
                .withBean("two", RedisScriptExecutor.class, () -> mock())
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Found 2 RedisScriptExecutor beans [one, two]")
                        .contains("@Primary"));
    }

    @Test
    void explainsThatThereAreSeveralLimiters() {
        Contexts.bare()
                .withBean("one", ReverseRateLimiter.class, () -> mock())
                .withBean("two", ReverseRateLimiter.class, () -> mock())
                .withBean(Client.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Found 2 ReverseRateLimiter beans [one, two]")
                        .contains("@Primary"));
    }

    @Test
    void acceptsSeveralLimitersWhereNoMethodIsLimited() {
        Contexts.bare()
                .withBean("one", ReverseRateLimiter.class, () -> mock())
                .withBean("two", ReverseRateLimiter.class, () -> mock())
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void asksTheLimiterOfTheApplicationForAnnotatedMethods() {
        ReverseRateLimiter mine = mock();
        Contexts.bare()
                .withBean("mine", ReverseRateLimiter.class, () -> mine)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();

                    verify(mine).acquire(any(CreditRequest.class));
                });
    }

    @Test
    void takesThePrimaryOfSeveralStores() {
        Contexts.bare().withUserConfiguration(TwoStores.class).run(context -> {
            context.getBean(ReverseRateLimiter.class).tryAcquire("acme", ONE);

            verifyNoInteractions(context.getBean("second"));
        });
    }

    @Test
    void doesNothingInAnnotatedMethodsIfSwitchedOff() {
        Contexts.redis()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);

                    client.call();
                    client.call();

                    assertThat(context).hasNotFailed();
                });
    }

    @Test
    void contactsNoRedisIfSwitchedOff() {
        RedisConnectionFactory factory = mock();
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(RedisConnectionFactory.class, () -> factory)
                .withBean(Client.class)
                .run(context -> {
                    context.getBean(Client.class).call();
                    context.getBean(ReverseRateLimiter.class).tryAcquire("acme", ONE);

                    verifyNoInteractions(factory);
                });
    }

    @Test
    void needsNoRedisIfSwitchedOff() {
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void grantsEverythingByPolicyIfSwitchedOff() {
        Contexts.bare().withPropertyValues("reverse-rate-limiter.enabled=false").run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            limiter.tryAcquire("acme", ONE);

            assertThat(limiter.tryAcquire("acme", ONE))
                    .isInstanceOfSatisfying(
                            Acquisition.Granted.class,
                            granted -> assertThat(granted.basis()).isEqualTo(new Acquisition.Basis.Policy()));
        });
    }

    @Test
    void grantsSeveralRequestsByPolicyIfSwitchedOff() {
        Contexts.bare().withPropertyValues("reverse-rate-limiter.enabled=false").run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            RateLimit five = RateLimit.of(5, Duration.ofSeconds(1));
            List<CreditRequest> both =
                    List.of(CreditRequest.of("acme", five), CreditRequest.of("all", RateLimit.of(9, five.window())));

            assertThat(List.of(
                            limiter.acquireAll(both),
                            limiter.acquireAllAsync(both).join()))
                    .allSatisfy(answer -> assertThat(answer)
                            .isEqualTo(new Acquisition.Granted(
                                    4, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO)));
        });
    }

    @Test
    void checksSeveralRequestsEvenIfSwitchedOff() {
        Contexts.bare().withPropertyValues("reverse-rate-limiter.enabled=false").run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            CreditRequest one = CreditRequest.of("acme", RateLimit.of(5, Duration.ofSeconds(1)));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> limiter.acquireAll(List.of(one, one.retries(1))))
                    .withMessageContaining("must wait alike");
        });
    }

    @Test
    void checksRequestsEvenIfSwitchedOff() {
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .run(context -> assertThatIllegalArgumentException()
                        .isThrownBy(
                                () -> context.getBean(ReverseRateLimiter.class).tryAcquire(" ", ONE)));
    }

    @Test
    void knowsNamedLimitersEvenIfSwitchedOff() {
        Contexts.bare()
                .withPropertyValues(
                        "reverse-rate-limiter.enabled=false",
                        "reverse-rate-limiter.limiters.github.limit=1",
                        "reverse-rate-limiter.limiters.github.window=1h")
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

                    assertThat(limiter.named("github").tryAcquire("acme")).isInstanceOf(Acquisition.Granted.class);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> limiter.named("stripe"))
                            .withMessageContaining("[github]");
                });
    }

    @Test
    void answersAsynchronouslyEvenIfSwitchedOff() {
        Contexts.bare()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .run(context -> assertThat(
                                context.getBean(ReverseRateLimiter.class).acquireAsync(CreditRequest.of("acme", ONE)))
                        .isCompletedWithValueMatching(Acquisition.Granted.class::isInstance));
    }

    @Test
    void hintsAtTheRootOfKeyExpressions() {
        RuntimeHints hints = new RuntimeHints();

        new ReverseRateLimiterRuntimeHints().registerHints(hints, null);

        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(TypeReference.of("io.github.reverseratelimiter.spring.aop.KeyRoot"))
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
                .accepts(hints);
    }

    @Test
    void hintsAtTheScripts() {
        RuntimeHints hints = new RuntimeHints();

        new ReverseRateLimiterRuntimeHints().registerHints(hints, null);

        assertThat(RuntimeHintsPredicates.resource().forResource("io/github/reverseratelimiter/redis/credits.lua"))
                .accepts(hints);
    }

    public static class Client {

        @ReverseRateLimited(key = "'it'", limit = 1, window = "1h")
        public void call() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoStores {

        @Bean
        @Primary
        InMemoryCreditStore first() {
            return new InMemoryCreditStore();
        }

        @Bean
        CreditStore second() {
            return mock();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoFactories {

        @Bean
        @Primary
        RedisConnectionFactory first() {
            return mock();
        }

        @Bean
        RedisConnectionFactory second() {
            return mock();
        }
    }
}
