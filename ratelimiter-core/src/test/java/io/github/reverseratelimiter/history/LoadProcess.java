package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** One JVM of the load, started by {@link HistoryIT}: four callers, who meet those of the other processes at each stage. */
final class LoadProcess {

    static final int PROCESSES = 3;
    static final int THREADS = 4;
    static final int FAST_EACH = 2_500;
    static final int FLOOD_EACH = 6_000;

    static final RateLimit FAST = RateLimit.of(1_000, Duration.ofMillis(100));
    static final RateLimit SLOW = RateLimit.of(5, Duration.ofMillis(300));
    static final RateLimit WEIGHTED = RateLimit.of(50, Duration.ofMillis(300));
    static final RateLimit POLLED = RateLimit.of(20, Duration.ofMillis(300));
    static final RateLimit LINE = RateLimit.of(20, Duration.ofMillis(100));
    static final RateLimit BOTH = RateLimit.of(100, Duration.ofSeconds(1));

    static final List<String> KEYS = List.of("fast", "flood", "line", "slow", "weighted", "polled", "several");

    private static final Duration LINE_LASTS = Duration.ofSeconds(4);
    private static final Duration MIX_LASTS = Duration.ofSeconds(19);
    private static final int IN_FLIGHT = 100;
    private static final int HEAVIEST = 10;

    private final Load load;
    private final String run;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    private LoadProcess(Load load, String run) {
        this.load = load;
        this.run = run;
    }

    /** Arguments: the server, a name for this run, a name for this process, the file to write. */
    public static void main(String[] arguments) throws IOException {
        try (Load load = new Load(arguments[0], Mutant.NONE, arguments[2], 0)) {
            LoadProcess process = new LoadProcess(load, arguments[1]);
            process.stages();
            process.threads.shutdown();
            process.write(Path.of(arguments[3]));
        }
    }

    private String key(String of) {
        return of + "-" + run;
    }

    private void stages() {
        CreditRequest fast = Load.request(key("fast"), FAST);
        stage("fast", caller -> {
            int[] left = {FAST_EACH};
            load.stand(fast, () -> 1, caller, () -> left[0]-- == 0);
        });
        stage("flood", caller -> load.flood(Load.request(key("flood"), FAST), IN_FLIGHT, FLOOD_EACH, caller));
        stage("line", caller -> load.stand(Load.request(key("line"), LINE), () -> 1, caller, after(LINE_LASTS)));
        stage("mix", this::mix);
    }

    private void mix(int caller) {
        BooleanSupplier enough = after(MIX_LASTS);
        Random random = new Random(caller);
        switch (caller) {
            case 0 -> load.stand(Load.request(key("slow"), SLOW), () -> 1, caller, enough);
            case 1 ->
                load.stand(Load.request(key("weighted"), WEIGHTED), () -> 1 + random.nextInt(HEAVIEST), caller, enough);
            case 2 -> load.stand(Load.request(key("several"), LINE, BOTH), () -> 1, caller, enough);
            default -> load.poll(Load.request(key("polled"), POLLED), caller, enough);
        }
    }

    private static BooleanSupplier after(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() >= end;
    }

    private void stage(String name, IntConsumer callers) {
        load.meet(run + ":" + name, PROCESSES);
        CompletableFuture.allOf(IntStream.range(0, THREADS)
                        .mapToObj(caller -> CompletableFuture.runAsync(() -> callers.accept(caller), threads))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private void write(Path file) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (String key : KEYS) {
                for (Grant grant : load.grants(key(key))) {
                    out.println(String.join(
                            " ",
                            "G",
                            key,
                            Long.toString(grant.at()),
                            Integer.toString(grant.credits()),
                            Long.toString(grant.invoked()),
                            Long.toString(grant.returned()),
                            grant.caller()));
                }
                for (Trip trip : load.recorder().trips(key(key))) {
                    out.println(String.join(
                            " ",
                            "T",
                            key,
                            trip.kind().name(),
                            Long.toString(trip.now()),
                            Long.toString(trip.at()),
                            Integer.toString(trip.credits())));
                }
            }
            out.println("C " + load.asked() + " " + load.recorder().calls());
        }
    }
}
