package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.redis.Jvm;
import io.github.reverseratelimiter.redis.RedisServer;
import io.github.reverseratelimiter.redis.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * FAULTS rows 34 and 36: a JVM full of waiters is frozen for five seconds, thawed, and killed, while the callers of
 * another one (this) go on. All times are the server's, in microseconds.
 */
class CrashIT {

    static final Duration MAX_WAIT = Duration.ofSeconds(2);

    static final Duration LONGER_THAN_FROZEN = Duration.ofSeconds(20);

    private static final RateLimit LIMIT = RateLimit.of(20, Duration.ofMillis(500));
    private static final Duration MARGIN = Duration.ofMillis(200);
    private static final Duration FROZEN = Duration.ofSeconds(5);
    private static final Duration RECOVERS = MAX_WAIT.plus(LIMIT.window()).plus(MARGIN);
    private static final Duration LOOKED_AT = Duration.ofMillis(2_100);
    private static final int SURVIVORS = 4;

    private static List<Grant> victims;
    private static List<Grant> survivors;
    private static List<Trip> trips;
    private static long frozen;
    private static long thawed;
    private static long killed;

    @TempDir
    private static Path directory;

    static CreditRequest request(String key) {
        return Load.request(key, LIMIT).margin(MARGIN);
    }

    @BeforeAll
    static void freezeAndKill() throws IOException {
        String key = "crash-" + Long.toString(System.nanoTime(), Character.MAX_RADIX);
        Process victim = Jvm.small("128m", Victim.class, RedisServer.shared().uri(), key)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        ExecutorService threads = Executors.newFixedThreadPool(SURVIVORS);
        try (Load load = new Load(RedisServer.shared().uri(), Mutant.NONE, "survivor", 0)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> grants().size() > Victim.WAITERS);
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<?>[] callers = IntStream.range(0, SURVIVORS)
                    .mapToObj(caller -> CompletableFuture.runAsync(
                            () -> load.stand(request(key), () -> 1, caller, enough::get), threads))
                    .toArray(CompletableFuture[]::new);
            await().until(() -> load.grants(key).size() > SURVIVORS);

            Signal.STOP.to(victim.pid());
            frozen = load.now();
            pass(load, FROZEN);
            thawed = load.now();
            Signal.CONT.to(victim.pid());
            pass(load, MAX_WAIT);
            Signal.KILL.to(victim.pid());
            killed = load.now();
            pass(load, RECOVERS.plus(LOOKED_AT));

            enough.set(true);
            CompletableFuture.allOf(callers).join();
            victims = grants();
            survivors = load.grants(key);
            trips = load.recorder().trips(key);
        } finally {
            threads.shutdownNow();
            victim.destroyForcibly();
        }
    }

    private static void pass(Load load, Duration time) {
        long end = load.now() + time.toNanos() / 1_000;
        await().atMost(Duration.ofSeconds(30)).until(() -> load.now() >= end);
    }

    private static Path output() {
        return directory.resolve("victim");
    }

    /** What it has told; its last line may be cut off. */
    private static List<Grant> grants() throws IOException {
        List<Grant> grants = new ArrayList<>();
        String all = Files.readString(output());
        for (String line : all.substring(0, all.lastIndexOf('\n') + 1).lines().toList()) {
            String[] word = line.split(" ", -1);
            assertThat(word).as(line).hasSize(5);
            grants.add(
                    new Grant(Long.parseLong(word[1]), 1, Long.parseLong(word[2]), Long.parseLong(word[3]), word[4]));
        }
        return grants;
    }

    private static long survivorsGrantedBetween(long begin, Duration length) {
        return survivors.stream()
                .filter(grant -> grant.at() >= begin && grant.at() < begin + length.toNanos() / 1_000)
                .count();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** The survivors alone use what there is: not quite all, where the machine wakes them late. */
    private static void isFullyUsedAgainAfter(long trouble, TestReporter reporter, String what) {
        double most = LOOKED_AT.toNanos() / (double) LIMIT.window().plus(MARGIN).toNanos() * LIMIT.limit();
        double share = survivorsGrantedBetween(trouble + micros(RECOVERS), LOOKED_AT) / most;
        long first = survivors.stream()
                .mapToLong(Grant::at)
                .filter(at -> at > trouble)
                .min()
                .orElseThrow();
        reporter.publishEntry(
                "crash." + what,
                Math.round(100 * share) + " % used from " + RECOVERS.toMillis() + " ms after, at least "
                        + heldAt(trouble) + " places held, first other grant after " + (first - trouble) / 1_000
                        + " ms");

        assertThat(share).isGreaterThan(0.8);
    }

    /** Callers of the victim that had asked and were granted later. */
    private static long heldAt(long moment) {
        return victims.stream()
                .filter(grant -> grant.invoked() < moment && grant.returned() > moment)
                .count();
    }

    @Test
    void theLimitHoldsThroughout() {
        History history =
                new History(Stream.concat(victims.stream(), survivors.stream()).toList(), trips);

        assertThat(history.violations(List.of(LIMIT))).isEmpty();
    }

    @Test
    void noCallIsLaterThanTheMarginAllows() {
        assertThat(victims)
                .allSatisfy(grant -> assertThat(grant.returned() - grant.at()).isLessThanOrEqualTo(micros(MARGIN)))
                .as("after the thaw")
                .anySatisfy(grant -> assertThat(grant.returned()).isGreaterThan(thawed));
    }

    @Test
    void whoWouldWaitLongerThanItWasFrozenTakesAnew() {
        assertThat(heldThroughout(Victim::isPatient))
                .hasSizeGreaterThan(Victim.WAITERS / 8)
                .allSatisfy(grant -> assertThat(grant.at()).isGreaterThan(thawed));
    }

    @Test
    void whoWouldNotIsNotGranted() {
        assertThat(heldThroughout(caller -> !Victim.isPatient(caller))).isEmpty();
    }

    /** Asked before it was frozen, and granted, but not before it was thawed. */
    private static List<Grant> heldThroughout(IntPredicate callers) {
        return victims.stream()
                .filter(grant -> callers.test(
                        Integer.parseInt(grant.caller().substring(grant.caller().indexOf('-') + 1))))
                .filter(grant -> grant.invoked() < frozen - micros(MARGIN) && grant.returned() > thawed)
                .toList();
    }

    @Test
    void aFrozenProcessWorksAfterThaw() {
        assertThat(victims.stream().filter(grant -> grant.invoked() > thawed)).hasSizeGreaterThan(SURVIVORS);
    }

    @Test
    void placesOfAFrozenProcessPass(TestReporter reporter) {
        isFullyUsedAgainAfter(frozen, reporter, "frozen");
    }

    @Test
    void placesOfAKilledProcessPass(TestReporter reporter) {
        isFullyUsedAgainAfter(killed, reporter, "killed");
    }
}
