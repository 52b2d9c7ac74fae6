package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.redis.Jvm;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twelve callers in three JVMs use the real script on a real Redis to the full; what each was told is judged afterwards,
 * by times alone. More than 100,000 grants.
 */
class HistoryIT {

    private static final Map<String, History> HISTORIES = new HashMap<>();

    private static long asked;
    private static long sent;
    private static long executed;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
        long before = evalshas();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < LoadProcess.PROCESSES; i++) {
            processes.add(
                    Jvm.small("256m", LoadProcess.class, RedisServer.shared().uri(), run, "jvm" + i, file(i).toString())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("output" + i).toFile())
                            .start());
        }
        try {
            for (int i = 0; i < processes.size(); i++) {
                boolean ended = processes.get(i).waitFor(3, TimeUnit.MINUTES);
                String output = Files.readString(directory.resolve("output" + i));
                assertThat(ended).as("process %s has ended: %s", i, output).isTrue();
                assertThat(processes.get(i).exitValue()).as(output).isZero();
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        executed = evalshas() - before;
        read();
    }

    private static Path file(int process) {
        return directory.resolve("history" + process);
    }

    private static long evalshas() {
        try (LettuceScriptExecutor executor = RedisServer.shared().executor()) {
            String info = executor.commands().info("commandstats");
            Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(info);
            Matcher evals = Pattern.compile("cmdstat_eval:calls=(\\d+)").matcher(info);
            return (calls.find() ? Long.parseLong(calls.group(1)) : 0)
                    + (evals.find() ? Long.parseLong(evals.group(1)) : 0);
        }
    }

    private static void read() throws IOException {
        Map<String, List<Grant>> grants = new HashMap<>();
        Map<String, List<Trip>> trips = new HashMap<>();
        for (int i = 0; i < LoadProcess.PROCESSES; i++) {
            for (String line : Files.readAllLines(file(i), StandardCharsets.UTF_8)) {
                String[] word = line.split(" ", -1);
                switch (word[0]) {
                    case "G" ->
                        grants.computeIfAbsent(word[1], any -> new ArrayList<>())
                                .add(new Grant(
                                        Long.parseLong(word[2]),
                                        Integer.parseInt(word[3]),
                                        Long.parseLong(word[4]),
                                        Long.parseLong(word[5]),
                                        word[6]));
                    case "T" ->
                        trips.computeIfAbsent(word[1], any -> new ArrayList<>())
                                .add(new Trip(
                                        Trip.Kind.valueOf(word[2]),
                                        Long.parseLong(word[3]),
                                        Long.parseLong(word[4]),
                                        Integer.parseInt(word[5])));
                    default -> {
                        asked += Long.parseLong(word[1]);
                        sent += Long.parseLong(word[2]);
                    }
                }
            }
        }
        for (String key : LoadProcess.KEYS) {
            HISTORIES.put(key, new History(grants.get(key), trips.get(key)));
        }
    }

    private static History history(String key) {
        return HISTORIES.get(key);
    }

    private static long late(History history) {
        return history.trips().stream()
                .filter(trip -> trip.kind() == Trip.Kind.REFUND)
                .count();
    }

    @Test
    void noWindowEverHoldsMoreThanItsLimit(TestReporter reporter) {
        for (String key : LoadProcess.KEYS) {
            List<RateLimit> limits = switch (key) {
                case "slow" -> List.of(LoadProcess.SLOW);
                case "weighted" -> List.of(LoadProcess.WEIGHTED);
                case "polled" -> List.of(LoadProcess.POLLED);
                case "line" -> List.of(LoadProcess.LINE);
                case "several" -> List.of(LoadProcess.LINE, LoadProcess.BOTH);
                default -> List.of(LoadProcess.FAST);
            };
            History history = history(key);

            reporter.publishEntry(
                    "history." + key,
                    history.grants().size() + " grants of " + history.credits() + " credits, " + late(history)
                            + " taken anew for being late, share of the limit used "
                            + Math.round(1_000 * history.share(limits.get(limits.size() - 1))) / 10.0 + " %");
            assertThat(history.violations(limits)).as(key).isEmpty();
            assertThat(history.credits()).as(key).isGreaterThanOrEqualTo(300);
        }
    }

    @Test
    void thereAreMoreThanAHundredThousandGrants() {
        assertThat(HISTORIES.values().stream()
                        .mapToLong(history -> history.grants().size())
                        .sum())
                .isGreaterThanOrEqualTo(100_000);
    }

    @Test
    void aKeyThatCallersWaitForIsUsedToTheFull() {
        History line = history("line");
        // A credit that a caller gave back because the machine woke it too late was granted all the same.
        double givenBack = late(line) / (double) (line.credits() + late(line));

        assertThat(line.share(LoadProcess.LINE) + givenBack).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void noCreditIsGrantedLaterThanItBecomesFree() {
        assertThat(history("line").idle(LoadProcess.LINE)).isEmpty();
        assertThat(history("flood").idle(LoadProcess.FAST)).isEmpty();
        assertThat(history("slow").idle(LoadProcess.SLOW)).isEmpty();
    }

    /** Of the idlest caller to the busiest: the operating system gives their processes unequal time on a busy machine. */
    private static final double LEAST_SHARE = 0.35;

    @Test
    void nobodyWhoWaitsStarves() {
        assertThat(history("line").fairness()).isGreaterThanOrEqualTo(LEAST_SHARE);
        assertThat(history("slow").fairness()).isGreaterThanOrEqualTo(LEAST_SHARE);
    }

    @Test
    void aDecisionIsOneTripAtMostWaitingOrNot() {
        long late = HISTORIES.values().stream().mapToLong(HistoryIT::late).sum();

        assertThat(sent)
                .as("trips for %s decisions, %s of them repeated", asked, late)
                .isLessThanOrEqualTo(asked + 2 * late);
        assertThat(executed).as("EVALSHA that Redis counted").isBetween(sent, sent + 2L * LoadProcess.PROCESSES);
    }
}
