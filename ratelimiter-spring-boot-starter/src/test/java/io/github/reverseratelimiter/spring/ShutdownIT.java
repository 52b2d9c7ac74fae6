package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.OwnRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.spring.redis.BlockingFactory;
import io.github.reverseratelimiter.spring.redis.SpringDataRedisScriptExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.publisher.Mono;

/** FAULTS row 52: the end of an application ends its waits with a reason, and gives back what they held. */
class ShutdownIT {

    private static final RateLimit LIMIT = RateLimit.of(100, Duration.ofHours(1));
    /** So wide that no grant comes too late for it on a busy machine: that would cost trips more. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final int WAITERS = 50;
    private static final Duration PROMISE = Duration.ofSeconds(1);
    private static final String CLOSED = "the limiter was closed while waiting";

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private final List<CompletableFuture<Void>> waiters = new ArrayList<>();

    /** How the limiter gets to Redis. */
    enum Connection {
        /** Its own connection, on the threads of a bean that outlives the factory. */
        OWN {
            @Override
            ApplicationContextRunner of(ApplicationContextRunner context) {
                return context;
            }
        },
        /** Its own connection, on threads that end with the factory. */
        ON_THREADS_OF_THE_FACTORY {
            @Override
            ApplicationContextRunner of(ApplicationContextRunner context) {
                return context.withBean(
                        LettuceConnectionFactory.class,
                        () -> new LettuceConnectionFactory("127.0.0.1", Contexts.port(REDIS.server())));
            }
        },
        /** The application's connections. */
        OF_THE_FACTORY {
            @Override
            ApplicationContextRunner of(ApplicationContextRunner context) {
                return context.withUserConfiguration(Shared.class);
            }
        };

        abstract ApplicationContextRunner of(ApplicationContextRunner context);
    }

    @BeforeEach
    void forget() {
        REDIS.commands().flushall();
        REDIS.commands().configResetstat();
    }

    private static ApplicationContextRunner application(Connection connection) {
        return connection
                .of(Contexts.redis(REDIS.server()))
                .withPropertyValues(
                        "reverse-rate-limiter.store-timeout=10s",
                        "reverse-rate-limiter.margin=10s",
                        "reverse-rate-limiter.self-test=false")
                .withBean(Client.class);
    }

    /** Blocked threads, futures and a reactive type, in turn. */
    private void letThemWait(Client client) {
        client.all();
        for (int i = 0; i < WAITERS; i++) {
            waiters.add(
                    switch (i % 3) {
                        case 0 -> inAThread(client);
                        case 1 -> client.future();
                        default -> client.mono().toFuture();
                    });
        }
        await().untilAsserted(() -> assertThat(Granted.of(REDIS, "rrl::acme")).isEqualTo(100 + WAITERS));
        assertThat(waiters).noneMatch(CompletableFuture::isDone);
    }

    private static CompletableFuture<Void> inAThread(Client client) {
        return CompletableFuture.runAsync(client::call, task -> daemon(task).start());
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    /** By name or, the first time, by text. */
    private static long takes() {
        return Stream.of("evalsha", "eval")
                .mapToLong(each -> REDIS.calls(each) - REDIS.failures(each))
                .sum();
    }

    private static byte[] state() {
        return REDIS.commands().dump("rrl::acme".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void allWaitersEndWithinASecondWithAReason(Connection connection) {
        application(connection).run(context -> {
            letThemWait(context.getBean(Client.class));

            long begin = System.nanoTime();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);

            assertEndInTime(begin);
            closing.join();
        });
    }

    private void assertEndInTime(long begin) {
        assertThat(waiters)
                .allSatisfy(waiter -> assertThat(waiter.handle((none, failure) -> reason(failure))
                                .get(PROMISE.toNanos() - (System.nanoTime() - begin), TimeUnit.NANOSECONDS))
                        .startsWith(CLOSED));
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof IllegalStateException ? cause.getMessage() : "no IllegalStateException: " + cause;
    }

    @ParameterizedTest
    @EnumSource
    void whatWaitersHeldIsGivenBackWhileRedisCanBeReached(Connection connection) {
        application(connection).run(context -> {
            letThemWait(context.getBean(Client.class));

            context.close();

            try (ReverseRateLimiter other = ReverseRateLimiter.builder(
                            new RedisCreditStore(REDIS.server().executor(), "rrl:"))
                    .build()) {
                // Behind 50 waiters it would be two hours.
                assertThat(other.acquire(
                                CreditRequest.of("acme", LIMIT).margin(MARGIN).credits(LIMIT.limit())))
                        .isInstanceOfSatisfying(
                                Acquisition.Denied.class,
                                denied -> assertThat(denied.retryAfter())
                                        .isLessThanOrEqualTo(LIMIT.window().plus(MARGIN)));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsTakenAfterwards(Connection connection) {
        application(connection).run(context -> {
            Client client = context.getBean(Client.class);
            client.call();

            context.close();
            byte[] state = state();
            REDIS.commands().configResetstat();

            assertThatIllegalStateException().isThrownBy(client::call).withMessage("the limiter is closed");
            assertThat(client.future()).isCompletedExceptionally();
            assertThat(takes()).isZero();
            assertThat(state()).isEqualTo(state);
        });
    }

    @ParameterizedTest
    @EnumSource
    void noThreadOfOursIsLeft(Connection connection) {
        List<Thread> before = threads();
        application(connection).run(context -> {
            letThemWait(context.getBean(Client.class));
            assertThat(threads()).isNotEmpty();

            context.close();

            await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
        });
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reverse-rate-limiter"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void worksAgainWhereAContextIsStoppedAndStarted(Connection connection) {
        application(connection).run(context -> {
            Client client = context.getBean(Client.class);
            client.call();

            context.stop();
            context.start();

            await().ignoreExceptionsInstanceOf(CreditStoreException.class).untilAsserted(client::call);
        });
    }

    /**
     * Fifty wait in line, and twenty more for Redis, on a pool of eight connections that all hang. Those in line end at once,
     * the others with their time-out; what was sent reaches Redis when all is over, and takes nothing.
     */
    @Test
    void aPoolThatHangsHoldsNobodyUp() {
        List<Thread> before = threads();
        try (Proxy proxy = Proxy.to(Contexts.port(REDIS.server()))) {
            application(Connection.OWN)
                    .withPropertyValues(
                            "spring.data.redis.client-type=jedis",
                            "spring.data.redis.port=" + proxy.port(),
                            "reverse-rate-limiter.store-timeout=2s")
                    .run(context -> {
                        ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                        letThemWait(context.getBean(Client.class));
                        proxy.fault(Proxy.Fault.STALL);
                        List<CompletableFuture<Acquisition>> hanging = new ArrayList<>();
                        for (int i = 0; i < 20; i++) {
                            hanging.add(CompletableFuture.supplyAsync(
                                    () -> limiter.acquire(CreditRequest.of("hanging", LIMIT)),
                                    task -> daemon(task).start()));
                        }
                        await().until(() -> parked("BlockedAcquisition", "await") == hanging.size());

                        long begin = System.nanoTime();
                        CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);

                        assertEndInTime(begin);
                        assertThat(hanging)
                                .allSatisfy(call -> assertThat(call.handle((answer, failure) ->
                                                        failure != null || answer instanceof Acquisition.Denied)
                                                .get(10, TimeUnit.SECONDS))
                                        .isTrue());
                        closing.get(10, TimeUnit.SECONDS);
                    });
            await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));

            long takes = takes();
            proxy.fault(Proxy.Fault.NONE);
            await().until(() -> takes() > takes && proxy.connections() == 0);
        }
        assertThat(REDIS.commands().exists("rrl::hanging".getBytes(StandardCharsets.UTF_8)))
                .isZero();
    }

    /** How many threads are in this method. */
    private static long parked(String type, String method) {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Arrays.stream(stack)
                        .anyMatch(frame -> frame.getClassName().endsWith("." + type)
                                && frame.getMethodName().equals(method)))
                .count();
    }

    /** So do a web server's requests that are let end, and a scheduler's tasks. */
    @Test
    void whatIsStoppedEarlierStillGetsCredits() {
        application(Connection.OWN).withBean(LastCall.class).run(context -> {
            LastCall last = context.getBean(LastCall.class);

            context.close();

            assertThat(last.calls).isEqualTo(1);
        });
    }

    /** A context below closes without us. */
    @Test
    void servesOnWhereOnlyAContextBelowIsClosed() {
        application(Connection.OWN).run(context -> {
            new ApplicationContextRunner().withParent(context).run(ConfigurableApplicationContext::close);
            context.stop();
            context.start();

            Client client = context.getBean(Client.class);
            await().ignoreExceptionsInstanceOf(CreditStoreException.class).untilAsserted(client::call);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Shared {

        @Bean
        RedisScriptExecutor executor(LettuceConnectionFactory factory) {
            return new SpringDataRedisScriptExecutor(BlockingFactory.of(factory), Duration.ofSeconds(10));
        }
    }

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", credits = 100)
        public void all() {}

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", maxWait = "1d")
        public void call() {}

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", maxWait = "1d")
        public CompletableFuture<Void> future() {
            return CompletableFuture.completedFuture(null);
        }

        @ReverseRateLimited(key = "'acme'", limit = 100, window = "1h", maxWait = "1d")
        public Mono<Void> mono() {
            return Mono.empty();
        }
    }

    /** Stops where web servers do. */
    static final class LastCall implements SmartLifecycle {

        private final Client client;
        private boolean running;
        int calls;

        LastCall(Client client) {
            this.client = client;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            client.call();
            calls++;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 2_048;
        }
    }
}
