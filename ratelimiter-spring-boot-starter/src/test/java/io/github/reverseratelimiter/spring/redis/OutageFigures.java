package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * How long decisions take in each trouble, in figures; no part of the build, but run by {@code make outage} on a machine
 * that does nothing else. {@code -Doutage.calls=5000} is how many calls at most, {@code -Doutage.client=jedis} who sends them.
 */
class OutageFigures extends OutageContract {

    private static final int CALLS = Integer.getInteger("outage.calls", 5_000);
    private static final String CLIENT = System.getProperty("outage.client", "lettuce");

    /** Over which the calls are spread: the shortest trouble ends by itself after 2.5 s. */
    private static final Duration LASTS = Duration.ofSeconds(2);

    @BeforeAll
    static void warmUp() {
        loadClasses(new OutageFigures());
        System.out.printf(
                "%nCalls of %d callers by %s; in milliseconds%n%-24s %-6s %8s %8s %8s %8s %8s %12s %12s%n",
                MANY, CLIENT, "trouble", "how", "calls", "p50", "p99", "p99.9", "max", "max stall", "all stalls");
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return CLIENT.equals("jedis")
                ? JedisOutageIT.asSpringBootDoes(port)
                : new LettuceConnectionFactory("127.0.0.1", port);
    }

    @Override
    int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    int mostThreads() {
        return Integer.MAX_VALUE;
    }

    @ParameterizedTest
    @EnumSource
    void withManyBlockingCallers(Trouble trouble) {
        print(trouble, "sync", OutageContract::sync);
    }

    @ParameterizedTest
    @EnumSource
    void withManyAsynchronousCallers(Trouble trouble) {
        print(trouble, "async", OutageContract::async);
    }

    private void print(Trouble trouble, String how, Function<ReverseRateLimiter, CompletableFuture<Acquisition>> call) {
        begin(trouble);
        double[] millis;
        try (Stalls stalls = new Stalls()) {
            millis = measure(call);
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %-6s %8d %8.2f %8.2f %8.2f %8.2f %12.2f %12.2f%n",
                    trouble,
                    how,
                    millis.length,
                    quantile(millis, 0.5),
                    quantile(millis, 0.99),
                    quantile(millis, 0.999),
                    quantile(millis, 1),
                    stalls.longest().toNanos() / 1e6,
                    stalls.total().toNanos() / 1e6);
        }
        trouble.end(redis, proxy);
        comesBack();

        assertThat(millis).isNotEmpty();
    }

    /** Each caller asks at an interval, again at once where a call took longer than that, and no more when time is up. */
    private double[] measure(Function<ReverseRateLimiter, CompletableFuture<Acquisition>> call) {
        int each = CALLS / MANY;
        Duration interval = LASTS.dividedBy(each);
        ExecutorService threads = Executors.newFixedThreadPool(MANY);
        List<CompletableFuture<List<CompletableFuture<Double>>>> asked = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            asked.add(CompletableFuture.supplyAsync(() -> ask(each, interval, call), threads));
        }
        double[] millis = asked.stream()
                .flatMap(caller -> caller.join().stream())
                .mapToDouble(CompletableFuture::join)
                .sorted()
                .toArray();
        threads.shutdown();
        return millis;
    }

    private List<CompletableFuture<Double>> ask(
            int calls, Duration interval, Function<ReverseRateLimiter, CompletableFuture<Acquisition>> call) {
        List<CompletableFuture<Double>> millis = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < calls && System.nanoTime() - begun < LASTS.toNanos(); i++) {
            pause(interval.multipliedBy(i).minusNanos(System.nanoTime() - begun));
            long asked = System.nanoTime();
            millis.add(call.apply(limiter).handle((answer, failure) -> (System.nanoTime() - asked) / 1e6));
        }
        return millis;
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
