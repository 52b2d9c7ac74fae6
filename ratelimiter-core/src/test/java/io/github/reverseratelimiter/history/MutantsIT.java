package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.redis.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Limiters that are wrong in a well-known way, under the same load and the same judge as the real script: each is found
 * out, and the real one is not.
 */
class MutantsIT {

    private static final RateLimit LIMIT = RateLimit.of(20, Duration.ofMillis(300));
    private static final int CALLERS = 12;
    private static final int CLIENTS = 3;
    private static final long SKEW_MICROS = 120_000;
    private static final int ROUNDS = 3;
    private static final double USED = 0.9;

    /** The load, with everything that the judge holds against the script. */
    private static List<String> judge(Mutant mutant, TestReporter reporter) {
        List<String> found = new ArrayList<>();
        found.addAll(judge(mutant, "saturated", MutantsIT::saturate));
        found.addAll(judge(mutant, "directed", MutantsIT::direct));
        found.addAll(judge(mutant, "line", MutantsIT::stand));
        reporter.publishEntry(
                "mutant." + mutant, found.size() + " violations" + (found.isEmpty() ? "" : ", " + found.get(0)));
        return found;
    }

    private interface Schedule {

        void run(List<Load> clients, CreditRequest request, ExecutorService threads);
    }

    private static List<String> judge(Mutant mutant, String name, Schedule schedule) {
        String key = mutant + "-" + name + "-" + System.nanoTime();
        List<Load> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new Load(RedisServer.shared().uri(), mutant, "client" + i, (i - 1) * SKEW_MICROS))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            schedule.run(clients, Load.request(key, LIMIT), threads);
        } finally {
            threads.shutdown();
        }
        List<Grant> grants = new ArrayList<>();
        List<Trip> trips = new ArrayList<>();
        for (Load client : clients) {
            grants.addAll(client.grants(key));
            trips.addAll(client.recorder().trips(key));
            client.close();
        }
        History history = new History(grants, trips);
        List<String> found = history.violations(List.of(LIMIT));
        if (name.equals("line")) {
            found.addAll(history.idle(LIMIT));
        }
        if (name.equals("saturated") && history.share(LIMIT) < USED) {
            found.add("used " + Math.round(100 * history.share(LIMIT)) + " % of the limit only");
        }
        return found;
    }

    private static BooleanSupplier after(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() >= end;
    }

    private interface Caller {

        void call(Load client, int caller);
    }

    private static void all(List<Load> clients, ExecutorService threads, Caller call) {
        CompletableFuture.allOf(IntStream.range(0, CALLERS)
                        .mapToObj(caller -> CompletableFuture.runAsync(
                                () -> call.call(clients.get(caller % CLIENTS), caller), threads))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** All ask all the time, without waiting in line. */
    private static void saturate(List<Load> clients, CreditRequest request, ExecutorService threads) {
        BooleanSupplier enough = after(LIMIT.window().multipliedBy(4));
        all(clients, threads, (client, caller) -> client.poll(request, caller, enough));
    }

    /** All wait in line. */
    private static void stand(List<Load> clients, CreditRequest request, ExecutorService threads) {
        if (clients.get(0).recorder().waits()) {
            BooleanSupplier enough = after(LIMIT.window().multipliedBy(3));
            all(clients, threads, (client, caller) -> client.stand(request, () -> 1, caller, enough));
        }
    }

    /**
     * One call, a rest, a burst, a short rest, a burst, a longer rest, a burst, all three within a window: at ever other places
     * of the calendar.
     */
    private static void direct(List<Load> clients, CreditRequest request, ExecutorService threads) {
        Random random = new Random(1);
        long window = LIMIT.window().toNanos();
        for (int round = 0; round < ROUNDS; round++) {
            clients.get(0).ask(request, 0);
            LockSupport.parkNanos(window * 9 / 10);
            burst(clients, request, threads);
            LockSupport.parkNanos(window * 15 / 100);
            burst(clients, request, threads);
            LockSupport.parkNanos(window * 65 / 100);
            burst(clients, request, threads);
            LockSupport.parkNanos(window + random.nextLong(window));
        }
    }

    private static void burst(List<Load> clients, CreditRequest request, ExecutorService threads) {
        all(clients, threads, (client, caller) -> {
            for (int i = 0; i < 3; i++) {
                client.ask(request, caller);
            }
        });
    }

    @Test
    void theRealScriptIsAccepted(TestReporter reporter) {
        assertThat(judge(Mutant.NONE, reporter)).isEmpty();
    }

    @Test
    void aFixedWindowIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.FIXED_WINDOW, reporter)).anyMatch(MutantsIT::over);
    }

    @Test
    void oneTooManyIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.OFF_BY_ONE, reporter)).anyMatch(MutantsIT::over);
    }

    @Test
    void theClocksOfTheClientsAreRejected(TestReporter reporter) {
        assertThat(judge(Mutant.CLIENT_CLOCK, reporter)).anyMatch(violation -> violation.startsWith("seen"));
    }

    @Test
    void aCounterOfTwoBucketsIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.TWO_BUCKETS, reporter)).anyMatch(MutantsIT::over);
    }

    @Test
    void incrAndPexpireIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.INCR_PEXPIRE, reporter)).anyMatch(MutantsIT::over);
    }

    @Test
    void aWindowThatIsTooShortIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.WINDOW_TOO_SHORT, reporter)).anyMatch(MutantsIT::over);
    }

    @Test
    void aWindowThatIsTooLongIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.WINDOW_TOO_LONG, reporter))
                .anyMatch(violation -> violation.contains("what was free at"))
                .noneMatch(MutantsIT::over);
    }

    @Test
    void toChargeTheDeniedIsRejected(TestReporter reporter) {
        assertThat(judge(Mutant.DENIED_CONSUMES, reporter)).anyMatch(violation -> violation.startsWith("used"));
    }

    private static boolean over(String violation) {
        return (violation.startsWith("granted ") && violation.contains(", limit")) || violation.startsWith("seen");
    }
}
