package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** What belongs to the caller's thread goes along where a call has to wait, and stays nowhere. */
class CallerContextTest {

    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private Thread elsewhere;
    private String userAfterwards;

    /** Another thread, in which the test waits for the end of the task. It was somebody else's before. */
    private final Executor executor = task -> {
        Thread thread = new Thread(() -> {
            USER.set("somebody else");
            task.run();
            userAfterwards = USER.get();
        });
        elsewhere = thread;
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    };

    private final Application application = new Application().executor(executor);

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("user", USER);
    }

    @AfterEach
    void unregister() {
        Hooks.disableAutomaticContextPropagation();
        ContextRegistry.getInstance().removeThreadLocalAccessor("user");
        USER.remove();
    }

    @Test
    void followsACallThatWaitsForItsFuture() {
        application.run(Client.class, client -> {
            USER.set("alice");
            client.future();
            CompletableFuture<String> second = client.future();
            USER.set("bob");

            application.pass(WINDOW);

            assertThat(second).isCompletedWithValue("alice");
            assertThat(client.thread()).isSameAs(elsewhere);
            assertThat(userAfterwards).isEqualTo("somebody else");
        });
    }

    @Test
    void isNobodysWhereTheCallerHadNone() {
        application.run(Client.class, client -> {
            client.future();
            CompletableFuture<String> second = client.future();

            application.pass(WINDOW);

            assertThat(second).isCompletedWithValue("nobody");
            assertThat(userAfterwards).isEqualTo("somebody else");
        });
    }

    @Test
    void followsTheFallbackToo() {
        application.run(Client.class, client -> {
            USER.set("alice");
            client.asking();
            CompletableFuture<String> second = client.asking();
            USER.remove();

            application.pass(WINDOW.multipliedBy(4));

            assertThat(second).isCompletedWithValue("fallback for alice");
        });
    }

    @Test
    void ofReactorIsSeenByTheMethodsMono() {
        application.run(Client.class, client -> {
            Mono<String> mono = client.mono().contextWrite(context -> context.put("account", "acme"));
            assertThat(mono.block()).isEqualTo("acme");
            CompletableFuture<String> second = mono.toFuture();

            application.pass(WINDOW);

            assertThat(second).isCompletedWithValue("acme");
        });
    }

    @Test
    void isRestoredByReactorWhereItDoesSoItself() {
        Hooks.enableAutomaticContextPropagation();
        application.run(Client.class, client -> {
            USER.set("alice");
            assertThat(client.deferred().block()).isEqualTo("alice and alice");
            Mono<String> captured = client.deferred().contextCapture();
            CompletableFuture<String> second = captured.toFuture();
            USER.set("bob");

            application.pass(WINDOW);

            assertThat(second).isCompletedWithValue("alice and alice");
            assertThat(client.thread()).isSameAs(elsewhere);
            assertThat(userAfterwards).isEqualTo("somebody else");
        });
    }

    static class Client {

        private Thread thread;

        public Thread thread() {
            return thread;
        }

        private static String user() {
            return USER.get() == null ? "nobody" : USER.get();
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public CompletableFuture<String> future() {
            thread = Thread.currentThread();
            return CompletableFuture.completedFuture(user());
        }

        @ReverseRateLimited(window = "1h", limit = 1, retries = 2, retryInterval = "1s", fallbackMethod = "fallback")
        public CompletableFuture<String> asking() {
            return CompletableFuture.completedFuture(user());
        }

        CompletableFuture<String> fallback() {
            return CompletableFuture.completedFuture("fallback for " + user());
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> mono() {
            return Mono.deferContextual(context -> Mono.just(context.get("account")));
        }

        @ReverseRateLimited(window = "1s", limit = 1, maxWait = "1m")
        public Mono<String> deferred() {
            thread = Thread.currentThread();
            String called = user();
            return Mono.fromCallable(() -> called + " and " + user());
        }
    }
}
