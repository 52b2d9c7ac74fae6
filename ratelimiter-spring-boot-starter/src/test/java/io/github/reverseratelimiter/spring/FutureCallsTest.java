package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.reverseratelimiter.RateLimitExceededException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Methods that return a future: nobody is parked, and every failure is one of the future. */
class FutureCallsTest {

    private static final Duration WINDOW = Duration.ofSeconds(1);

    private final Application application = new Application();

    @Test
    void returnsTheMethodsOwnFutureWhereTheCreditIsThere() {
        application.run(Client.class, client -> assertThat(client.call("acme")).isSameAs(client.last()));
    }

    @Test
    void returnsAtOnceAndRunsTheMethodWhenTheCreditComes() {
        application.run(Client.class, client -> {
            client.call("acme");

            CompletableFuture<String> second = client.call("acme");

            assertThat(second).isNotDone();
            assertThat(client.runs()).isEqualTo(1);
            application.pass(WINDOW);
            client.last().complete("answer");
            assertThat(second).isCompletedWithValue("answer");
            assertThat(application.naps()).isZero();
        });
    }

    @Test
    void passesOnTheFailureOfTheMethodsFutureAsItIs() {
        application.run(Client.class, client -> {
            client.call("acme");
            CompletableFuture<String> second = client.call("acme");
            application.pass(WINDOW);

            client.last().completeExceptionally(new IllegalStateException("mine"));

            assertThat(failure(second))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("mine");
        });
    }

    @Test
    void failsTheFutureWhereThereIsNoCredit() {
        application.run(Client.class, client -> {
            client.impatient("acme");

            assertThat(failure(client.impatient("acme"))).isInstanceOf(RateLimitExceededException.class);
            assertThat(client.runs()).isEqualTo(1);
        });
    }

    @Test
    void failsTheFutureForAKeyThatIsNull() {
        application.run(Client.class, client -> {
            assertThat(failure(client.call(null)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no credit was taken");
            assertThat(client.runs()).isZero();
        });
    }

    @Test
    void failsTheFutureWithWhatTheMethodThrowsWhetherItWaitedOrNot() {
        application.run(Client.class, client -> {
            CompletableFuture<String> first = client.throwing();
            CompletableFuture<String> second = client.throwing();
            application.pass(WINDOW);

            assertThat(failure(first)).isInstanceOf(IllegalStateException.class).hasMessage("thrown");
            assertThat(failure(second))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("thrown");
        });
    }

    @Test
    void failsTheFutureWhereTheMethodReturnsNull() {
        application.run(
                Client.class,
                client -> assertThat(failure(client.returningNull()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Client.returningNull has returned null"));
    }

    @Test
    void takesNothingWhereItIsCancelledWhileItWaits() {
        application.run(Client.class, client -> {
            client.call("acme");
            CompletableFuture<String> second = client.call("acme");

            second.cancel(true);

            assertThat(application.store.held()).isEqualTo(1);
            application.pass(WINDOW);
            assertThat(client.runs()).isEqualTo(1);
        });
    }

    @Test
    void takesNothingWhereTheCallerStopsWaitingInAnotherWay() {
        application.run(Client.class, client -> {
            client.call("acme");
            CompletableFuture<String> second = client.call("acme");

            second.completeExceptionally(new TimeoutException());

            assertThat(application.store.held()).isEqualTo(1);
        });
    }

    @Test
    void cancelsTheMethodsFutureWhereItHasBegun() {
        application.run(Client.class, client -> {
            client.call("acme");
            CompletableFuture<String> second = client.call("acme");
            application.pass(WINDOW);

            second.cancel(true);

            assertThat(client.last()).isCancelled();
            assertThat(application.store.held()).isEqualTo(2);
        });
    }

    @Test
    void keepsTheArgumentsOfEachCallApart() {
        application.run(Client.class, client -> {
            client.call("acme");
            client.call("other");

            CompletableFuture<String> ofAcme = client.call("acme");
            CompletableFuture<String> ofOther = client.call("other");
            application.pass(WINDOW);

            assertThat(ofAcme).isNotDone();
            client.last().complete("answer");
            assertThat(ofOther).isCompletedWithValue("answer");
            assertThat(client.accounts()).isEqualTo("acme other acme other ");
        });
    }

    @Test
    void keepsItsArgumentsFromAdviceThatChangesThemAfterwards() {
        application.context().withUserConfiguration(Advised.class).run(context -> {
            Client client = context.getBean(Client.class);
            client.call("acme");
            client.call("acme");

            application.pass(WINDOW);

            assertThat(client.accounts()).isEqualTo("acme acme ");
        });
    }

    @Test
    void waitsForAStageToo() {
        application.run(Client.class, client -> {
            client.stage();

            CompletionStage<String> second = client.stage();

            assertThat(second.toCompletableFuture()).isNotDone();
            application.pass(WINDOW);
            assertThat(second.toCompletableFuture()).isCompletedWithValue("answer");
        });
    }

    @Test
    void takesAPlainFutureForAValueAndWaitsInTheCallingThread() {
        application.run(Client.class, client -> {
            client.plainFuture();
            client.plainFuture();

            assertThat(application.naps()).isEqualTo(1);
            assertThat(client.runs()).isEqualTo(2);
        });
    }

    @Test
    void looksAtWhatTheCalledMethodReturnsNotAtWhatItsInterfaceSays() {
        application.context(General.class).run(context -> {
            Anything bean = context.getBean(Anything.class);
            bean.call();

            assertThat((CompletableFuture<?>) bean.call()).isNotDone();
            assertThat(application.naps()).isZero();
        });
    }

    @Test
    void explainsAtTheStartThatASubclassCannotBeMade() {
        application
                .context(Impossible.class)
                .run(context -> assertThat(Analyses.of(context.getStartupFailure()))
                        .contains("Impossible.call()")
                        .contains("It returns a ", "OwnFuture, which cannot be made before the method has run")
                        .contains("Return a CompletableFuture or CompletionStage"));
    }

    @Test
    void parksNoThreadWhereHundredsWait() {
        RecordingStore store = new RecordingStore();
        Contexts.counting(store).withBean(Patient.class).run(context -> {
            Patient client = context.getBean(Patient.class);
            for (int i = 0; i < 201; i++) {
                client.call();
            }
            int before = Thread.activeCount();

            CompletableFuture<?>[] waiting = new CompletableFuture<?>[199];
            for (int i = 0; i < waiting.length; i++) {
                waiting[i] = client.call();
            }

            assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 2);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            for (int i = waiting.length - 1; i >= 0; i--) {
                waiting[i].cancel(true);
            }
            assertThat(store.held()).isEqualTo(201);
        });
    }

    private static Throwable failure(CompletableFuture<?> future) {
        assertThat(future).isDone();
        Throwable failure = catchThrowable(future::join);
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    static class Client {

        private final AtomicInteger runs = new AtomicInteger();
        private final StringBuilder accounts = new StringBuilder();
        private CompletableFuture<String> last;

        public int runs() {
            return runs.get();
        }

        public CompletableFuture<String> last() {
            return last;
        }

        public String accounts() {
            return accounts.toString();
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1, maxWait = "1m")
        public CompletableFuture<String> call(String account) {
            runs.incrementAndGet();
            accounts.append(account).append(' ');
            last = new CompletableFuture<>();
            return last;
        }

        @ReverseRateLimited(key = "#account", window = "1s", limit = 1)
        public CompletableFuture<String> impatient(String account) {
            runs.incrementAndGet();
            return CompletableFuture.completedFuture(account);
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public CompletableFuture<String> throwing() {
            throw new IllegalStateException("thrown");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public CompletableFuture<String> returningNull() {
            return null;
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public CompletionStage<String> stage() {
            return CompletableFuture.completedStage("answer");
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Future<String> plainFuture() {
            runs.incrementAndGet();
            return CompletableFuture.completedFuture("answer");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Advised {

        @Bean
        Client client() {
            ProxyFactory factory = new ProxyFactory(new Client());
            factory.setProxyTargetClass(true);
            factory.addAdvice((MethodInterceptor) invocation -> {
                Object returned = invocation.proceed();
                if (invocation.getArguments().length > 0) {
                    invocation.getArguments()[0] = "changed";
                }
                return returned;
            });
            return (Client) factory.getProxy();
        }
    }

    interface Anything {

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        Object call();
    }

    static class General implements Anything {

        @Override
        public CompletableFuture<String> call() {
            return CompletableFuture.completedFuture("answer");
        }
    }

    static class OwnFuture extends CompletableFuture<String> {}

    static class Impossible {

        @ReverseRateLimited(window = "1s", limit = 1)
        public OwnFuture call() {
            return new OwnFuture();
        }
    }

    static class Patient {

        @ReverseRateLimited(window = "1h", limit = 200, maxWait = "60d")
        public CompletableFuture<String> call() {
            return CompletableFuture.completedFuture("answer");
        }
    }
}
