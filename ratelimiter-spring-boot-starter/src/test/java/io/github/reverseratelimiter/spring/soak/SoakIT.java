package io.github.reverseratelimiter.spring.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.spring.redis.Stalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.convert.DurationStyle;

/**
 * Four JVMs use one Redis while a fault is injected every few seconds: FAULTS rows 2 to 6, 20, 21, 30, 34, 35 and 42, all
 * at once. {@code -Dsoak=10m} lets it last longer, {@code -Dsoak.seed=7} repeats the faults of a run.
 */
class SoakIT {

    private static final int INSTANCES = 4;
    private static final Duration LASTS = DurationStyle.detectAndParse(System.getProperty("soak", "60s"));
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime() % 1_000_000);
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final int HEAP_GROWS_BY_KILOBYTES = 8 * 1_024;
    private static final int REDIS_GROWS_BY_BYTES = 1_024 * 1_024;
    /** Calls go on, and so do the eight that complete answers; of those that were busy meanwhile idle ones end after a second. */
    private static final int OUR_THREADS = 16;
    /** Two pools of its default size, and a timer. */
    private static final int LETTUCE_THREADS =
            2 * Math.max(2, Runtime.getRuntime().availableProcessors()) + 1;

    private static final Pattern USED_MEMORY = Pattern.compile("used_memory:(\\d+)\r");

    private static final List<Happened> HAPPENED = new ArrayList<>();
    private static final List<Pulse.Gap> GAPS = new ArrayList<>();
    private static final List<Footprint> BEFORE = new ArrayList<>();
    private static final List<Footprint> AFTER = new ArrayList<>();
    private static final List<String> ENDS = new ArrayList<>();

    private static Judge judge;
    private static int connections;
    private static String immortal;
    private static long memoryBefore;
    private static long memoryAfter;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void soak() throws IOException {
        Path data = Files.createDirectory(directory.resolve("redis"));
        List<Instance> instances = new ArrayList<>();
        try (FragileRedis redis = FragileRedis.start(
                        "busy-reply-threshold 50", "appendonly yes", "appendfsync always", "dir " + data);
                Proxy proxy = Proxy.to(redis.port());
                Pulse pulse = new Pulse(redis.port());
                Stalls stalls = new Stalls()) {
            memoryBefore = usedMemory(redis);
            IntStream.range(0, INSTANCES).forEach(i -> instances.add(new Instance(directory, proxy.port(), "jvm" + i)));
            instances.forEach(Instance::awaitBegin);
            Callers.pause(WARM_UP);
            instances.forEach(each -> BEFORE.add(each.measure()));

            injectFaults(new Scene(redis, proxy, instances, data, new Random(SEED)), stalls);

            GAPS.addAll(pulse.gaps());
            instances.forEach(each -> AFTER.add(each.measure()));
            connections = proxy.connections();
            immortal = redis.answer(
                            "EVAL \"local n=0 for _,k in ipairs(redis.call('KEYS','*')) do"
                                    + " if redis.call('PTTL',k)<0 then n=n+1 end end return 'immortal '..n\" 0",
                            Pattern.compile("immortal \\d+"))
                    .group();
            instances.forEach(each -> ENDS.add(each.end()));
            redis.awaitAnswer("DBSIZE", ":0$");
            memoryAfter = usedMemory(redis);
        } finally {
            instances.forEach(Instance::kill);
        }
        judge = new Judge(diaries(), HAPPENED, GAPS);
        report();
    }

    private static long usedMemory(FragileRedis redis) {
        return Long.parseLong(redis.answer("INFO memory", USED_MEMORY).group(1));
    }

    /** Each kind once, in any order, and again. */
    private static void injectFaults(Scene scene, Stalls stalls) {
        long end = System.nanoTime() + LASTS.minus(WARM_UP).toNanos();
        List<Fault> next = new ArrayList<>();
        while (System.nanoTime() < end) {
            if (next.isEmpty()) {
                next.addAll(List.of(Fault.values()));
                Collections.shuffle(next, scene.random());
            }
            Fault fault = next.remove(0);
            long from = Diary.now();
            fault.happen(scene);
            long to = Diary.now();
            Duration stalled = stalls.total();
            Callers.pause(Duration.ofMillis(1_500 + scene.random().nextInt(1_500)));
            long micros = stalls.total().minus(stalled).toNanos() / 1_000;
            HAPPENED.add(new Happened(fault, from, to, micros));
        }
    }

    private static List<String> diaries() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("diary"))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    /** Maven shows no entries of a TestReporter; the seed must be seen. */
    private static void report() {
        System.out.println("soak of " + LASTS + ", seed " + SEED + ": " + HAPPENED.size() + " faults, "
                + judge.granted() + " grants of shared keys, " + judge.decided() + " decisions by Redis, "
                + judge.undecided() + " without it; Redis silent " + GAPS.size() + " times, thought to be away until "
                + judge.backAfter() + " ms after faults; "
                + "threads and KB of heap before " + text(BEFORE) + ", after " + text(AFTER)
                + "; memory of Redis before " + memoryBefore
                + ", after " + memoryAfter + "; " + ENDS);
    }

    private static List<String> text(List<Footprint> footprints) {
        return footprints.stream()
                .map(each -> each.threads() + "/" + each.heapKilobytes())
                .toList();
    }

    @Test
    void noWindowEverHoldsTooMuch() {
        assertThat(judge.granted()).isPositive();
        assertThat(judge.tooMuch()).as("seed %d, %s", SEED, HAPPENED).isEmpty();
    }

    @Test
    void everyDecisionComesInTimeAndAsDeclared() {
        assertThat(judge.wrong()).as("seed %d, %s", SEED, HAPPENED).isEmpty();
    }

    @Test
    void redisIsUsedAgainAfterEachFault() {
        assertThat(judge.notBack()).as("seed %d, %s", SEED, HAPPENED).isEmpty();
    }

    @Test
    void someDecisionsHadToDoWithoutRedis() {
        assertThat(judge.undecided()).as("seed %d, %s", SEED, HAPPENED).isPositive();
    }

    @Test
    void threadsReturnToWhereTheyBegan() {
        for (int i = 0; i < INSTANCES; i++) {
            assertThat(AFTER.get(i).threads())
                    .as("seed %d, before %s, after %s", SEED, BEFORE.get(i), AFTER.get(i))
                    .isLessThanOrEqualTo(BEFORE.get(i).threads());
            assertThat(AFTER.get(i).named("reverse-rate-limiter-redis-")).isLessThanOrEqualTo(1);
            assertThat(AFTER.get(i).named("reverse-rate-limiter-")).isLessThanOrEqualTo(OUR_THREADS);
            assertThat(AFTER.get(i).named("lettuce")).isLessThanOrEqualTo(LETTUCE_THREADS);
        }
    }

    @Test
    void theHeapReturnsToWhereItBegan() {
        for (int i = 0; i < INSTANCES; i++) {
            assertThat(AFTER.get(i).heapKilobytes())
                    .as("seed %d, before %s, after %s", SEED, BEFORE.get(i), AFTER.get(i))
                    .isLessThan(BEFORE.get(i).heapKilobytes() + HEAP_GROWS_BY_KILOBYTES);
        }
    }

    @Test
    void theMemoryOfRedisReturnsToWhereItBegan() {
        assertThat(memoryAfter).isLessThan(memoryBefore + REDIS_GROWS_BY_BYTES);
    }

    @Test
    void noKeyLivesForEver() {
        assertThat(immortal).isEqualTo("immortal 0");
    }

    @Test
    void eachInstanceHasOneConnection() {
        assertThat(connections).isEqualTo(INSTANCES);
    }

    @Test
    void nothingIsLeftOfALimiterThatIsClosed() {
        assertThat(ENDS).hasSize(INSTANCES).allSatisfy(end -> assertThat(end).endsWith("left []"));
    }
}
