package io.github.reverseratelimiter.history;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.history.Configured.Deployment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** One JVM of a rolling deployment, started by {@link TwoConfigurationsIT}: for each key one who waits and one who asks again. */
final class ConfiguredProcess {

    private static final Duration LASTS = Duration.ofSeconds(3);

    private ConfiguredProcess() {}

    /** Arguments: the server, a name for this run, which deployment, the file to write. */
    public static void main(String[] arguments) throws IOException {
        String run = arguments[1];
        Deployment deployment = Deployment.valueOf(arguments[2]);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Load load = new Load(arguments[0], Mutant.NONE, arguments[2], 0)) {
            load.meet(run, Deployment.values().length);
            long end = System.nanoTime() + LASTS.toNanos();
            BooleanSupplier enough = () -> System.nanoTime() >= end;
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (Configured each : Configured.values()) {
                CreditRequest request = each.request(run, deployment);
                Random random = new Random(each.heaviest());
                callers.add(CompletableFuture.runAsync(
                        () -> load.stand(request, () -> 1 + random.nextInt(each.heaviest()), 0, enough), threads));
                callers.add(CompletableFuture.runAsync(() -> load.poll(request, 1, enough), threads));
            }
            CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).join();
            write(load, run, Path.of(arguments[3]));
        } finally {
            threads.shutdown();
        }
    }

    private static void write(Load load, String run, Path file) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (Configured each : Configured.values()) {
                for (Grant grant : load.grants(each.key(run))) {
                    out.println(each + " " + grant.at() + " " + grant.credits() + " " + grant.invoked() + " "
                            + grant.returned() + " " + grant.caller());
                }
            }
        }
    }
}
