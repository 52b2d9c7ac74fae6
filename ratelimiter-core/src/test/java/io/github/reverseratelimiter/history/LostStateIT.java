package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Redis loses its state, or does not, under four callers who ask all the time: one further limit around each such event,
 * and no more than the limit on either side of it (FAULTS rows 9, 10, 28, 29 and 30).
 */
@Timeout(120)
class LostStateIT {

    private static final int CALLERS = 4;
    private static final int EVENTS = 3;
    private static final int LIMIT = 20;
    private static final Duration SHORT = Duration.ofMillis(300);
    /** Longer than Redis needs to start again. */
    private static final Duration LONG = Duration.ofSeconds(3);

    private static final String PREFIX = "lost:";

    /** What happened: when each thing did, on the clock of Redis, and what was granted meanwhile. */
    private record Load(List<Long> events, List<Grant> grants) {

        History between(int from, int to) {
            long begin = from == 0 ? 0 : events.get(from - 1);
            long end = to == events.size() ? Long.MAX_VALUE : events.get(to);
            return new History(
                    grants.stream()
                            .filter(grant -> grant.at() > begin && grant.at() <= end)
                            .toList(),
                    List.of());
        }

        History all() {
            return between(0, events.size());
        }

        void losesOneLimitAtEachEvent(Duration window) {
            for (int i = 0; i <= events.size(); i++) {
                assertThat(between(i, i).credits())
                        .as("grants before or after the event")
                        .isPositive();
                assertThat(between(i, i).violations(List.of(RateLimit.of(LIMIT, window))))
                        .isEmpty();
            }
            assertThat(all().violations(List.of(RateLimit.of(2 * LIMIT, window))))
                    .isEmpty();
            assertThat(all().violations(List.of(RateLimit.of(LIMIT, window))))
                    .as("if it was lost, this shows")
                    .isNotEmpty();
        }

        void losesNothing(Duration window) {
            assertThat(all().violations(List.of(RateLimit.of(LIMIT, window)))).isEmpty();
            assertThat(between(1, 1).credits()).as("grants after the event").isPositive();
        }
    }

    /**
     * Callers ask all the time; each of some times, once the limit is spent, something happens, which says when it did. Ends after so many
     * grants more.
     */
    private static Load load(
            FragileRedis redis, Duration window, int events, int then, Function<LettuceScriptExecutor, Long> event) {
        CreditRequest request =
                CreditRequest.of("acme", RateLimit.of(LIMIT, window)).margin(Duration.ZERO);
        List<Long> times = new ArrayList<>();
        Askers callers = new Askers(
                ReverseRateLimiter.builder(new RedisCreditStore(redis.executor(), PREFIX))
                        .build(),
                Collections.nCopies(CALLERS, request));
        try (callers;
                LettuceScriptExecutor admin = redis.executor()) {
            for (int i = 0; i < events; i++) {
                // Events lie a window apart.
                callers.untilGranted(i == 0 ? LIMIT : 2 * LIMIT);
                times.add(event.apply(admin));
            }
            callers.untilGranted(then);
        }
        assertThat(callers.failures()).isEmpty();
        return new Load(times, callers.grants());
    }

    /** The clock of Redis, which runs on this machine. */
    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Does it, and says when: nobody takes a credit in between. */
    private static long atOnce(LettuceScriptExecutor admin, String command) {
        byte[] body = ("local t = redis.call('TIME') " + command + " return t[1] * 1000000 + t[2]")
                .getBytes(StandardCharsets.US_ASCII);
        return admin.commands().<Long>eval(body, ScriptOutputType.INTEGER, new byte[0][]);
    }

    private static long killAndRestart(FragileRedis redis) {
        redis.kill();
        long dead = now();
        redis.restart();
        return dead;
    }

    @Test
    void aFlushCostsOneFurtherLimit() {
        try (FragileRedis redis = FragileRedis.start()) {
            Load load = load(redis, SHORT, EVENTS, LIMIT + 1, admin -> atOnce(admin, "redis.call('FLUSHALL')"));

            load.losesOneLimitAtEachEvent(SHORT);
        }
    }

    @Test
    void aKeyThatIsDeletedCostsOneFurtherLimit() {
        String delete = "for _, key in ipairs(redis.call('KEYS', '" + PREFIX + "*')) do redis.call('DEL', key) end";
        try (FragileRedis redis = FragileRedis.start()) {
            Load load = load(redis, SHORT, EVENTS, LIMIT + 1, admin -> atOnce(admin, delete));

            load.losesOneLimitAtEachEvent(SHORT);
        }
    }

    @Test
    void anEvictionCostsOneFurtherLimit() {
        try (FragileRedis redis = FragileRedis.start("maxmemory-policy allkeys-lru")) {
            Load load = load(redis, LONG, 1, LIMIT + 1, admin -> {
                // Nothing fits any more: the key goes, and nobody can take a credit until there is room again.
                admin.commands().configSet("maxmemory", "1");
                await().pollInterval(Duration.ofMillis(5))
                        .until(() -> admin.commands().dbsize() == 0);
                long evicted = now();
                admin.commands().configSet("maxmemory", "0");
                return evicted;
            });

            load.losesOneLimitAtEachEvent(LONG);
        }
    }

    @Test
    void aRestartWithoutPersistenceCostsOneFurtherLimit() {
        try (FragileRedis redis = FragileRedis.start()) {
            Load load = load(redis, LONG, 1, LIMIT + 1, admin -> killAndRestart(redis));

            load.losesOneLimitAtEachEvent(LONG);
        }
    }

    @Test
    void aKilledRedisThatAppendsToItsFileForgetsNothing(@TempDir Path directory) {
        try (FragileRedis redis = FragileRedis.start("dir " + directory, "appendonly yes", "appendfsync always")) {
            Load load = load(redis, LONG, 1, 1, admin -> killAndRestart(redis));

            load.losesNothing(LONG);
        }
    }

    /** By SIGTERM, as a service manager ends it; the snapshot is of that moment, since none was due before. */
    @Test
    void aRedisThatIsShutDownAndWritesSnapshotsForgetsNothing(@TempDir Path directory) {
        try (FragileRedis redis = FragileRedis.start("dir " + directory, "save 60 1")) {
            Load load = load(redis, LONG, 1, 1, admin -> {
                redis.stop();
                long dead = now();
                redis.restart();
                return dead;
            });

            load.losesNothing(LONG);
        }
    }

    /** FAULTS row 29. What exists is counted on, in the short way, the long one and while a ring grows; a new key has no room. */
    @Test
    void aFullMemoryThatMayNotBeEmptiedCountsOnForKeysThatExist() {
        RateLimit three = RateLimit.of(3, Duration.ofHours(1));
        CreditRequest request = CreditRequest.of("acme", three);
        CreditRequest twoWindows = CreditRequest.of("both", three, RateLimit.of(100, Duration.ofDays(1)));
        CreditRequest growing = CreditRequest.of("growing", RateLimit.of(40, Duration.ofHours(1)));
        try (FragileRedis redis = FragileRedis.start("maxmemory-policy noeviction");
                LettuceScriptExecutor admin = redis.executor();
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(redis.executor(), PREFIX))
                        .build()) {
            assertThat(List.of(request, twoWindows, growing))
                    .allSatisfy(each -> assertThat(limiter.acquire(each)).isInstanceOf(Granted.class));
            admin.commands().configSet("maxmemory", "1");

            assertThat(List.of(request, twoWindows)).allSatisfy(each -> {
                assertThat(limiter.acquire(each).remaining()).isEqualTo(1);
                assertThat(limiter.acquire(each).remaining()).isZero();
                assertThat(limiter.acquire(each))
                        .isInstanceOfSatisfying(
                                Denied.class,
                                denied -> assertThat(denied.reason()).isEqualTo(Reason.EXHAUSTED));
            });
            for (int i = 38; i >= 0; i--) {
                assertThat(limiter.acquire(growing).remaining()).isEqualTo(i);
            }
            Granted last = (Granted) limiter.acquire(CreditRequest.of("acme", RateLimit.of(4, Duration.ofHours(1))));
            assertThat(limiter.refund(last))
                    .succeedsWithin(Duration.ofSeconds(5))
                    .isEqualTo(1);
            assertThat(limiter.acquire(CreditRequest.of("other", three)))
                    .isInstanceOfSatisfying(
                            Denied.class, denied -> assertThat(denied.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
            assertThat(admin.commands().keys((PREFIX + "*").getBytes(StandardCharsets.UTF_8)))
                    .hasSize(3)
                    .allSatisfy(key -> assertThat(admin.commands().pttl(key)).isPositive());

            admin.commands().configSet("maxmemory", "0");
            await().until(() -> limiter.acquire(CreditRequest.of("other", three)) instanceof Granted);
        }
    }

    /** FAULTS row 29. What is written for one key would let Redis accept the next one, new or not. */
    @Test
    void aFullMemoryHasNoRoomForANewKeyBesideOneThatExists() {
        RateLimit three = RateLimit.of(3, Duration.ofHours(1));
        CreditRequest known = CreditRequest.of("acme", three);
        CreditRequest other = CreditRequest.of("other", three);
        try (FragileRedis redis = FragileRedis.start("maxmemory-policy noeviction");
                LettuceScriptExecutor admin = redis.executor();
                ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(redis.executor(), PREFIX))
                        .build()) {
            assertThat(limiter.acquire(known)).isInstanceOf(Granted.class);
            admin.commands().configSet("maxmemory", "1");

            assertThat(List.of(List.of(known, other), List.of(other, known)))
                    .allSatisfy(both -> assertThat(limiter.acquireAll(both))
                            .isInstanceOfSatisfying(
                                    Denied.class,
                                    denied -> assertThat(denied.reason()).isEqualTo(Reason.STORE_UNAVAILABLE)));

            await().untilAsserted(
                            () -> assertThat(limiter.acquire(known).remaining()).isEqualTo(1));
            assertThat(admin.commands().dbsize()).isEqualTo(1);
        }
    }
}
