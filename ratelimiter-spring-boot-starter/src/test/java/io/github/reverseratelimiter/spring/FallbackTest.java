package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.reverseratelimiter.AcquireInterruptedException;
import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is called where no credit was to be had. */
class FallbackTest {

    @Test
    void isCalledWithTheArgumentsOfTheCall() {
        with(client -> {
            client.plain("acme");

            assertThat(client.plain("acme")).isEqualTo("fallback for acme");
        });
    }

    @Test
    void isGivenTheException() {
        with(client -> {
            client.told("acme");

            assertThat(client.told("acme")).isEqualTo("acme: DeniedCallException");
        });
    }

    @Test
    void isTheOverloadForTheMostSpecialException() {
        with(client -> {
            client.overloaded("acme");

            assertThat(client.overloaded("acme")).isEqualTo("exceeded");
        });
        Contexts.redis()
                .withBean(Client.class)
                .run(context -> assertThat(context.getBean(Client.class).overloaded("acme"))
                        .isEqualTo("any: UndecidedCallException"));
    }

    @Test
    void isCalledWhereTheStoreIsAway() {
        Contexts.redis()
                .withBean(Client.class)
                .run(context ->
                        assertThat(context.getBean(Client.class).plain("acme")).isEqualTo("fallback for acme"));
    }

    @Test
    void leavesAloneTheExceptionThatNoneOfThemTakes() {
        Contexts.redis()
                .withBean(Client.class)
                .run(context -> assertThatExceptionOfType(CreditStoreException.class)
                        .isThrownBy(() -> context.getBean(Client.class).onlyExceeded("acme")));
    }

    @Test
    void isNotCalledForWhatTheMethodItselfThrows() {
        with(client -> assertThatExceptionOfType(RateLimitExceededException.class)
                .isThrownBy(() -> client.throwing("acme"))
                .withMessageContaining("limit is 3"));
    }

    @Test
    void isNotCalledForAKeyThatIsNull() {
        with(client -> assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> client.plain(null)));
    }

    @Test
    void isNotCalledForAnInterruptedWait() {
        with(client -> {
            client.patient("acme");
            Thread.currentThread().interrupt();

            Throwable thrown = catchThrowable(() -> client.patient("acme"));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown).isInstanceOf(AcquireInterruptedException.class);
        });
    }

    @Test
    void isNotCalledForAStoreThatIsSetUpWrongly() {
        AwayStore store =
                new AwayStore(new CreditStoreMisconfiguredException("set up wrongly", new IllegalStateException()));
        Contexts.counting(store)
                .withBean(Client.class)
                .run(context -> assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                        .isThrownBy(() -> context.getBean(Client.class).plain("acme")));
    }

    @Test
    void passesOnWhatTheFallbackThrows() {
        with(client -> {
            client.failing("acme");

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> client.failing("acme"))
                    .withMessage("of the fallback");
        });
    }

    @Test
    void mayReturnNothing() {
        with(client -> {
            client.nothing("acme");
            client.nothing("acme");

            assertThat(client.last()).isEqualTo("nothing for acme");
        });
    }

    @Test
    void mayReturnAFuture() {
        with(client -> {
            client.future("acme");

            assertThat(client.future("acme")).isCompletedWithValue("fallback for acme");
        });
    }

    @Test
    void failsTheFutureWithWhatItThrows() {
        with(client -> {
            client.failingFuture("acme");

            assertThat(client.failingFuture("acme")).isCompletedExceptionally();
        });
    }

    @Test
    void mayReturnAMonoOrAFlux() {
        with(client -> {
            Mono<String> mono = client.mono("acme");
            assertThat(mono.block()).isEqualTo("acme");
            assertThat(mono.block()).isEqualTo("fallback for acme");

            Flux<String> flux = client.flux("acme");
            assertThat(flux.collectList().block()).containsExactly("acme");
            assertThat(flux.collectList().block()).containsExactly("fallback", "for", "acme");
        });
    }

    @Test
    void mayBeInheritedOrADefaultMethodOfAnInterface() {
        Contexts.memory().withBean(Implementation.class).run(context -> {
            Implementation bean = context.getBean(Implementation.class);
            bean.inherited("acme");
            bean.ofInterface("acme");

            assertThat(bean.inherited("acme")).isEqualTo("inherited acme");
            assertThat(bean.ofInterface("acme")).isEqualTo("default acme");
        });
    }

    @Test
    void mayHaveTheParametersOfAGenericSuperclass() {
        Contexts.memory().withBean(OfStrings.class).run(context -> {
            OfStrings bean = context.getBean(OfStrings.class);
            bean.call("acme");

            assertThat(bean.call("acme")).isEqualTo("fallback for acme");
        });
    }

    @ParameterizedTest
    @CsvSource({"client", "jdk"})
    void isADefaultMethodOfAClientThatIsOnlyAnInterface(String bean) {
        Contexts.memory().withUserConfiguration(Interfaces.class).run(context -> {
            Remote remote = context.getBean(bean, Remote.class);
            remote.call("acme");

            assertThat(remote.call("acme")).isEqualTo("default for acme");
        });
    }

    @ParameterizedTest
    @CsvSource({"client", "jdk"})
    void mayBeAnotherMethodOfSuchAClient(String bean) {
        Contexts.memory().withUserConfiguration(Interfaces.class).run(context -> {
            Remote remote = context.getBean(bean, Remote.class);
            remote.mirrored("acme");

            assertThat(remote.mirrored("acme")).isEqualTo("remote mirror");
        });
    }

    @Test
    void isFoundBehindAProxyOfTheApplication() {
        Contexts.memory().withUserConfiguration(Interfaces.class).run(context -> {
            Remote remote = context.getBean("frozen", Remote.class);
            remote.call("acme");

            assertThat(remote.call("acme")).isEqualTo("default for acme");
        });
    }

    @Test
    void takesNoCredit() {
        Contexts.memory().withBean(Client.class).run(context -> {
            Client client = context.getBean(Client.class);
            client.plain("acme");
            client.plain("acme");

            assertThat(context.getBean(ReverseRateLimiter.class)
                            .tryAcquire("acme", RateLimit.of(2, Duration.ofHours(1)))
                            .remaining())
                    .isZero();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Missing        | which .*Missing does not have",
                "OtherParameter | whose parameters do not fit",
                "OtherFailure   | whose parameters do not fit",
                "OtherReturn    | which returns Integer",
                "OtherElement   | which returns CompletableFuture<Integer>",
                "PlainValue     | which returns String",
                "Static         | which is static",
                "Itself         | which is the method itself",
                "Limited        | which is limited itself",
            })
    void stopsTheStartWhereItDoesNotFit(String bean, String problem) throws ClassNotFoundException {
        Class<?> type = Class.forName(FallbackTest.class.getName() + "$" + bean);

        Contexts.memory()
                .withBean(type)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains(".call(String) is wrong", "$" + bean)
                        .containsPattern("FallbackMethod is \"(fallback|call)\", " + problem)
                        .containsPattern("Write \"(String|CompletableFuture<String>) (fallback|call)\\(String\\)\"")
                        .contains("(String, RateLimitExceededException)\""));
    }

    private static void with(Consumer<Client> test) {
        Contexts.memory().withBean(Client.class).run(context -> test.accept(context.getBean(Client.class)));
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by reflection
    static class Client {

        private String last;

        public String last() {
            return last;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "fallback")
        public String plain(String account) {
            return account;
        }

        private String fallback(String account) {
            return "fallback for " + account;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, maxWait = "2h", fallbackMethod = "fallback")
        public String patient(String account) {
            return account;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "toldFallback")
        public String told(String account) {
            return account;
        }

        private String toldFallback(String account, Throwable reason) {
            return account + ": " + reason.getClass().getSimpleName();
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "overloadedFallback")
        public String overloaded(String account) {
            return account;
        }

        private String overloadedFallback(String account) {
            return "none";
        }

        private String overloadedFallback(String account, RuntimeException reason) {
            return "any: " + reason.getClass().getSimpleName();
        }

        private String overloadedFallback(String account, RateLimitExceededException reason) {
            return "exceeded";
        }

        private String overloadedFallback(Integer other) {
            return "for another method";
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "exceededFallback")
        public String onlyExceeded(String account) {
            return account;
        }

        private String exceededFallback(String account, RateLimitExceededException reason) {
            return "exceeded";
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "fallback")
        public String throwing(String account) {
            throw exceededElsewhere();
        }

        private static RateLimitExceededException exceededElsewhere() {
            return new RateLimitExceededException(
                    CreditRequest.of("elsewhere", RateLimit.of(3, Duration.ofHours(1))),
                    new Acquisition.Denied(Duration.ofHours(1), Acquisition.Reason.EXHAUSTED, 0));
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "failingFallback")
        public String failing(String account) {
            return account;
        }

        private String failingFallback(String account) {
            throw new IllegalStateException("of the fallback");
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "nothingFallback")
        public void nothing(String account) {}

        private void nothingFallback(String account) {
            last = "nothing for " + account;
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "futureFallback")
        public CompletableFuture<String> future(String account) {
            return CompletableFuture.completedFuture(account);
        }

        private CompletableFuture<String> futureFallback(String account) {
            return CompletableFuture.completedFuture("fallback for " + account);
        }

        @ReverseRateLimited(key = "#account", window = "1h", limit = 1, fallbackMethod = "failingFutureFallback")
        public CompletableFuture<String> failingFuture(String account) {
            return CompletableFuture.completedFuture(account);
        }

        private CompletableFuture<String> failingFutureFallback(String account) {
            throw new IllegalStateException("of the fallback");
        }

        @ReverseRateLimited(name = "mono", key = "#account", window = "1h", limit = 1, fallbackMethod = "monoFallback")
        public Mono<String> mono(String account) {
            return Mono.just(account);
        }

        private Mono<String> monoFallback(String account, RateLimitExceededException reason) {
            return Mono.just("fallback for " + account);
        }

        @ReverseRateLimited(name = "flux", key = "#account", window = "1h", limit = 1, fallbackMethod = "fluxFallback")
        public Flux<String> flux(String account) {
            return Flux.just(account);
        }

        private Flux<String> fluxFallback(String account) {
            return Flux.just("fallback", "for", account);
        }
    }

    interface Defaults {

        default String defaultFallback(String account) {
            return "default " + account;
        }
    }

    static class Base {

        String inheritedFallback(String account) {
            return "inherited " + account;
        }
    }

    static class Implementation extends Base implements Defaults {

        @ReverseRateLimited(
                name = "a",
                key = "#account",
                window = "1h",
                limit = 1,
                fallbackMethod = "inheritedFallback")
        public String inherited(String account) {
            return account;
        }

        @ReverseRateLimited(name = "b", key = "#account", window = "1h", limit = 1, fallbackMethod = "defaultFallback")
        public String ofInterface(String account) {
            return account;
        }
    }

    static class Generic<T> {

        @ReverseRateLimited(key = "#p0", window = "1h", limit = 1, fallbackMethod = "genericFallback")
        public T call(T account) {
            return account;
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by reflection
    static class OfStrings extends Generic<String> {

        private String genericFallback(String account) {
            return "fallback for " + account;
        }
    }

    interface Remote {

        @ReverseRateLimited(name = "a", key = "#account", window = "1h", limit = 1, fallbackMethod = "fallback")
        String call(String account);

        @ReverseRateLimited(name = "b", key = "#account", window = "1h", limit = 1, fallbackMethod = "mirror")
        String mirrored(String account);

        String mirror(String account);

        default String fallback(String account) {
            return "default for " + account;
        }
    }

    static class RemoteByHand implements Remote {

        @Override
        public String call(String account) {
            return "remote call";
        }

        @Override
        public String mirrored(String account) {
            return "remote mirrored";
        }

        @Override
        public String mirror(String account) {
            return "remote mirror";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Interfaces {

        /** As those of HttpServiceProxyFactory: no bean behind it, an interceptor answers. */
        @Bean
        Remote client() {
            return ProxyFactory.getProxy(Remote.class, (MethodInterceptor)
                    call -> "remote " + call.getMethod().getName());
        }

        /** As those of Feign, but its handler knows nothing of default methods. */
        @Bean
        @SuppressWarnings("ReferenceEquality") // of proxies
        Remote jdk() {
            return (Remote) Proxy.newProxyInstance(
                    Remote.class.getClassLoader(),
                    new Class<?>[] {Remote.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "toString" -> "jdk";
                        case "hashCode" -> 1;
                        case "equals" -> proxy == arguments[0];
                        default -> "remote " + method.getName();
                    });
        }

        @Bean
        Remote frozen() {
            ProxyFactory factory = new ProxyFactory(new RemoteByHand());
            factory.setFrozen(true);
            return (Remote) factory.getProxy();
        }
    }

    static class Missing {

        @ReverseRateLimited(window = "1h", limit = 1, fallbackMethod = "fallback")
        public String call(String account) {
            return account;
        }
    }

    static class OtherParameter extends Missing {

        String fallback(Integer account) {
            return "";
        }
    }

    static class OtherFailure extends Missing {

        String fallback(String account, IllegalStateException failure) {
            return "";
        }
    }

    static class OtherReturn extends Missing {

        Integer fallback(String account) {
            return 1;
        }
    }

    static class Static extends Missing {

        static String fallback(String account) {
            return "";
        }
    }

    static class Limited extends Missing {

        @ReverseRateLimited(window = "1h", limit = 1)
        public String fallback(String account) {
            return "";
        }
    }

    static class Itself {

        @ReverseRateLimited(window = "1h", limit = 1, fallbackMethod = "call")
        public String call(String account) {
            return account;
        }
    }

    static class PlainValue {

        @ReverseRateLimited(window = "1h", limit = 1, fallbackMethod = "fallback")
        public CompletableFuture<String> call(String account) {
            return CompletableFuture.completedFuture(account);
        }

        String fallback(String account) {
            return "";
        }
    }

    static class OtherElement {

        @ReverseRateLimited(window = "1h", limit = 1, fallbackMethod = "fallback")
        public CompletableFuture<String> call(String account) {
            return CompletableFuture.completedFuture(account);
        }

        CompletableFuture<Integer> fallback(String account) {
            return CompletableFuture.completedFuture(1);
        }
    }
}
