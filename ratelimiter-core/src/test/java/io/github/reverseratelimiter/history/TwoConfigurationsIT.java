package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.history.Configured.Deployment;
import io.github.reverseratelimiter.redis.Jvm;
import io.github.reverseratelimiter.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * FAULTS rows 32 and 33: two JVMs, the old and the new one of a rolling deployment, use four keys to the full and state
 * different things for each: limits, lists of windows, margins, and limits whose credits share slots or do not.
 */
class TwoConfigurationsIT {

    private static final Map<Deployment, Map<Configured, List<Grant>>> GRANTS = new EnumMap<>(Deployment.class);

    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
        Map<Deployment, Process> processes = new EnumMap<>(Deployment.class);
        try {
            for (Deployment side : Deployment.values()) {
                processes.put(side, start(run, side));
            }
            for (Map.Entry<Deployment, Process> each : processes.entrySet()) {
                boolean ended = each.getValue().waitFor(2, TimeUnit.MINUTES);
                assertThat(ended).as(output(each.getKey())).isTrue();
                assertThat(each.getValue().exitValue())
                        .as(output(each.getKey()))
                        .isZero();
            }
        } finally {
            processes.values().forEach(Process::destroyForcibly);
        }
        for (Deployment side : processes.keySet()) {
            GRANTS.put(side, read(side));
        }
    }

    private static Process start(String run, Deployment side) throws IOException {
        return Jvm.small(
                        "128m",
                        ConfiguredProcess.class,
                        RedisServer.shared().uri(),
                        run,
                        side.name(),
                        directory.resolve(side.name()).toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(side + ".log").toFile())
                .start();
    }

    private static String output(Deployment side) throws IOException {
        return Files.readString(directory.resolve(side + ".log"));
    }

    private static Map<Configured, List<Grant>> read(Deployment side) throws IOException {
        Map<Configured, List<Grant>> grants = new EnumMap<>(Configured.class);
        for (String line : Files.readAllLines(directory.resolve(side.name()))) {
            String[] word = line.split(" ", -1);
            grants.computeIfAbsent(Configured.valueOf(word[0]), any -> new ArrayList<>())
                    .add(new Grant(
                            Long.parseLong(word[1]),
                            Integer.parseInt(word[2]),
                            Long.parseLong(word[3]),
                            Long.parseLong(word[4]),
                            word[5]));
        }
        return grants;
    }

    private static List<Grant> granted(Configured key) {
        return GRANTS.values().stream().flatMap(side -> side.get(key).stream()).toList();
    }

    /** While both were there: from the first grant of the one that came later to the last of the one that left earlier. */
    private static List<Grant> grantedWhileBothWereThere(Configured key) {
        long from = GRANTS.values().stream()
                .mapToLong(side ->
                        side.get(key).stream().mapToLong(Grant::at).min().orElseThrow())
                .max()
                .orElseThrow();
        long to = GRANTS.values().stream()
                .mapToLong(side ->
                        side.get(key).stream().mapToLong(Grant::at).max().orElseThrow())
                .min()
                .orElseThrow();
        return granted(key).stream()
                .filter(grant -> grant.at() > from && grant.at() <= to)
                .toList();
    }

    private static List<String> violations(List<Grant> grants, List<RateLimit> limits) {
        return new History(grants, List.of()).violations(limits);
    }

    @Test
    void ofTwoLimitsTheLargerIsNeverExceeded() {
        assertThat(violations(granted(Configured.LIMITS), Configured.LIMITS.limits(Deployment.OLD)))
                .isEmpty();
        assertThat(violations(granted(Configured.LIMITS), Configured.LIMITS.limits(Deployment.NEW)))
                .as("the larger limit is used")
                .isNotEmpty();
    }

    @Test
    void ofTwoListsOfWindowsEachHoldsWhileSomebodyNamesIt() {
        List<Grant> both = grantedWhileBothWereThere(Configured.WINDOWS);

        assertThat(violations(both, Configured.WINDOWS.limits(Deployment.OLD))).isEmpty();
        assertThat(violations(both, Configured.WINDOWS.limits(Deployment.NEW))).isEmpty();
        assertThat(violations(
                        granted(Configured.WINDOWS),
                        Configured.WINDOWS.limits(Deployment.OLD).subList(1, 2)))
                .as("the window that both name")
                .isEmpty();
        assertThat(both).hasSizeGreaterThan(60);
    }

    @Test
    void ofTwoMarginsTheWindowWithoutAnyHolds() {
        assertThat(violations(granted(Configured.MARGINS), Configured.MARGINS.limits(Deployment.OLD)))
                .isEmpty();
    }

    @Test
    void whereTheCreditsOfOneShareSlotsTheLargerLimitIsNeverExceeded() {
        assertThat(violations(granted(Configured.SLOTS), Configured.SLOTS.limits(Deployment.NEW)))
                .isEmpty();
        assertThat(violations(granted(Configured.SLOTS), Configured.SLOTS.limits(Deployment.OLD)))
                .as("the larger limit is used")
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void bothAreGranted(Configured key) {
        assertThat(GRANTS.values()).allSatisfy(side -> assertThat(side.get(key)).hasSizeGreaterThan(10));
    }

    @ParameterizedTest
    @EnumSource
    void eachProcessIsWarnedOnceThatLimitsDifferAndOfNothingElse(Deployment side) throws IOException {
        String log = output(side);

        for (Configured key : Configured.values()) {
            assertThat(Pattern.compile("Limiter '" + key.limiter() + "': another caller states other limits")
                            .matcher(log)
                            .results())
                    .as("%s in %s", key, log)
                    .hasSize(key == Configured.MARGINS ? 0 : 1);
        }
        // A machine that stands still is no matter of configuration.
        assertThat(Stream.of(log.split("\n"))
                        .filter(line -> line.startsWith("WARNING") || line.startsWith("SEVERE"))
                        .filter(line -> !line.contains("came later than the margin allows")))
                .hasSize(Configured.values().length - 1);
    }
}
