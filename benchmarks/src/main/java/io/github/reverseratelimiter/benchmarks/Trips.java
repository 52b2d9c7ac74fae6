package io.github.reverseratelimiter.benchmarks;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** How often the server is asked, by its own counters: EVALSHA calls for each decision, and whether there was anything else. */
final class Trips {

    /** What our script calls; the server counts it beside the scripts themselves. */
    private static final Set<String> INSIDE = Set.of("time", "getrange", "setrange", "set", "pexpire", "exists");

    private static final RateLimit PLENTY = RateLimit.of(100_000, Duration.ofSeconds(10));
    private static final RateLimit TIGHT = RateLimit.of(50, Duration.ofSeconds(1));
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int THREADS = 8;

    private final Redis redis;
    private final PrintStream out;
    private final int calls;
    private final Duration waiting;

    Trips(Redis redis, PrintStream out, int calls, Duration waiting) {
        this.redis = redis;
        this.out = out;
        this.calls = calls;
        this.waiting = waiting;
    }

    /**
     * What was decided, and what that took.
     *
     * @param decisions answers to callers
     * @param waited answers for which the caller had to wait
     * @param takes requests to the store
     * @param late credits given back because the caller woke too late
     * @param evalsha EVALSHA calls that the server counted
     * @param others commands that were neither that nor inside a script
     */
    record Row(String title, long decisions, long waited, long takes, long late, long evalsha, long others) {

        Goal goal() {
            return new Goal((double) (evalsha + others) / decisions, 1.0);
        }

        private List<String> cells() {
            return List.of(
                    title,
                    Long.toString(decisions),
                    Long.toString(waited),
                    Long.toString(evalsha),
                    Long.toString(others),
                    Long.toString(late),
                    String.format(Locale.ROOT, "**%.3f**", goal().figure()),
                    goal().toString());
        }
    }

    List<Row> measure() {
        try (Way way = Way.springData(redis)) {
            CountingStore store =
                    new CountingStore(new RedisCreditStore(way.executor(), RedisCreditStore.DEFAULT_KEY_PREFIX));
            ReverseRateLimiter limiter =
                    ReverseRateLimiter.builder(store).storeTimeout(LONG).build();
            limiter.tryAcquire("connects", PLENTY);
            List<Row> rows = List.of(
                    count(
                            "tryAcquire, granted",
                            store,
                            () -> ask(limiter, CreditRequest.of("trips-granted", PLENTY), true)),
                    count(
                            "tryAcquire of two windows, granted",
                            store,
                            () -> ask(
                                    limiter,
                                    CreditRequest.of("trips-two", PLENTY, RateLimit.of(1_000_000, LONG)),
                                    true)),
                    count("tryAcquire, denied", store, () -> {
                        CreditRequest all = CreditRequest.of("trips-denied", RateLimit.of(10, LONG));
                        List<Acquisition> first = List.of(limiter.acquire(all.credits(10)));
                        List<Acquisition> answers = new ArrayList<>(first);
                        answers.addAll(ask(limiter, all, false));
                        return answers;
                    }),
                    count(THREADS + " threads, acquire, " + TIGHT, store, () -> line(limiter)));
            rows.forEach(row -> out.println("  trips: " + String.join("  ", row.cells())));
            return rows;
        }
    }

    static Table table(List<Row> rows) {
        Table table = new Table(List.of(
                "calls",
                "decisions",
                "of them waited",
                "EVALSHA",
                "other commands",
                "given back, too late",
                "**trips a decision**",
                "goal"));
        rows.forEach(row -> table.add(row.cells()));
        return table;
    }

    private Row count(String title, CountingStore store, Supplier<List<Acquisition>> work) {
        store.reset();
        redis.resetCounters();
        List<Acquisition> answers = work.get();
        Map<String, Long> commands = redis.commands();
        long evalsha = commands.getOrDefault("evalsha", 0L);
        long others = commands.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("evalsha") && !INSIDE.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        long waited = answers.stream()
                .filter(answer ->
                        answer instanceof Granted granted && granted.waited().compareTo(Duration.ofMillis(5)) > 0)
                .count();
        return new Row(title, answers.size(), waited, store.takes(), store.refunds(), evalsha, others);
    }

    private List<Acquisition> ask(ReverseRateLimiter limiter, CreditRequest request, boolean granted) {
        List<Acquisition> answers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            answers.add(check(limiter.acquire(request), granted));
        }
        return answers;
    }

    /** Callers that take one credit after the other for a while, each waiting for its turn. */
    private List<Acquisition> line(ReverseRateLimiter limiter) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long end = System.nanoTime() + waiting.toNanos();
            List<CompletableFuture<List<Acquisition>>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                callers.add(CompletableFuture.supplyAsync(() -> takeUntil(limiter, end), threads));
            }
            List<Acquisition> answers = new ArrayList<>();
            callers.forEach(caller -> answers.addAll(caller.join()));
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    private static List<Acquisition> takeUntil(ReverseRateLimiter limiter, long end) {
        List<Acquisition> answers = new ArrayList<>();
        while (System.nanoTime() < end) {
            answers.add(check(limiter.acquire("trips-line", TIGHT, LONG), true));
        }
        return answers;
    }

    private static Acquisition check(Acquisition answer, boolean granted) {
        boolean exhausted = answer instanceof Denied denied && denied.reason() == Reason.EXHAUSTED;
        if (granted ? !(answer instanceof Granted) : !exhausted) {
            throw new IllegalStateException(
                    "expected to be " + (granted ? "granted" : "denied") + " but was " + answer);
        }
        return answer;
    }
}
