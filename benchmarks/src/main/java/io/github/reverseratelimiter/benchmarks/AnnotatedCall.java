package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import io.github.reverseratelimiter.spring.autoconfigure.ReverseRateLimiterAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * What the annotation costs: a call of an annotated method, beside the same by hand, a call of a plain bean and a take from
 * the limiter. Counted in memory, under a limit that one thread does not exhaust.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // start() is run first
public class AnnotatedCall {

    private static final RateLimit BIG = RateLimit.of(1_000_000, Duration.ofMillis(100));

    private AnnotationConfigApplicationContext context;
    private ReverseRateLimiter limiter;
    private Plain plain;
    private Annotated annotated;

    /** Starts an application. */
    @Setup
    public void start() {
        context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark",
                        Map.of("reverse-rate-limiter.store", "memory", "reverse-rate-limiter.margin", "0ms")));
        context.register(ReverseRateLimiterAutoConfiguration.class, Plain.class, Annotated.class);
        context.refresh();
        limiter = context.getBean(ReverseRateLimiter.class);
        plain = context.getBean(Plain.class);
        annotated = context.getBean(Annotated.class);
    }

    /** Ends it. */
    @TearDown
    public void stop() {
        context.close();
    }

    /** The floor: a take, then a call of a plain bean. */
    @Benchmark
    public String byHand() {
        CreditRequest request =
                new CreditRequest(new CreditKey("", "acme"), List.of(BIG), Duration.ZERO, 1, Waiting.none());
        if (limiter.acquire(request) instanceof Acquisition.Denied) {
            throw new IllegalStateException("denied");
        }
        return plain.call("acme");
    }

    /** The same without a thread. */
    @Benchmark
    public CompletableFuture<String> futureByHand() {
        CreditRequest request =
                new CreditRequest(new CreditKey("", "acme"), List.of(BIG), Duration.ZERO, 1, Waiting.none());
        if (limiter.acquireAsync(request).join() instanceof Acquisition.Denied) {
            throw new IllegalStateException("denied");
        }
        return plain.future("acme");
    }

    /** Its key is a parameter. */
    @Benchmark
    public String annotated() {
        return annotated.call("acme");
    }

    /** Its key is one text for all calls. */
    @Benchmark
    public String annotatedWithAFixedKey() {
        return annotated.fixed("acme");
    }

    /** Its key is an expression. */
    @Benchmark
    public String annotatedWithAnExpression() {
        return annotated.expression("acme");
    }

    /** It returns a future. */
    @Benchmark
    public CompletableFuture<String> annotatedFuture() {
        return annotated.future("acme");
    }

    /** A bean that nothing limits. */
    public static class Plain {

        /** A value. */
        public String call(String account) {
            return account;
        }

        /** A future. */
        public CompletableFuture<String> future(String account) {
            return CompletableFuture.completedFuture(account);
        }
    }

    /** The same, annotated. */
    public static class Annotated {

        /** By a parameter. */
        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1_000_000)
        public String call(String account) {
            return account;
        }

        /** By a text. */
        @ReverseRateLimited(key = "'acme'", window = "100ms", limit = 1_000_000)
        public String fixed(String account) {
            return account;
        }

        /** By an expression. */
        @ReverseRateLimited(key = "'user:' + #account", window = "100ms", limit = 1_000_000)
        public String expression(String account) {
            return account;
        }

        /** By a parameter, for a future. */
        @ReverseRateLimited(key = "#account", window = "100ms", limit = 1_000_000)
        public CompletableFuture<String> future(String account) {
            return CompletableFuture.completedFuture(account);
        }
    }
}
