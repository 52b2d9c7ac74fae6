package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Decision.Taken;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What takes that travel together cost the server, however many they are: as many commands as one take, whatever the limit. */
class SharedTakesIT {

    private static final CreditKey KEY = new CreditKey("github", "acme");
    private static final int TOGETHER = 32;
    private static final int TRIPS = 400;

    private static LettuceScriptExecutor executor;
    private static RedisServer server;

    private final ManualTime time = new ManualTime();

    @BeforeAll
    static void connect() {
        server = RedisServer.start();
        executor = server.executor();
        executor.commands().scriptLoad(RedisCreditStore.script().bodyBytes());
    }

    @AfterAll
    static void disconnect() {
        executor.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "100000,   100, a ring that may grow, some credits to a slot",
        "100000, 10000, the same; nothing leaves the window",
        "  4000,   200, a ring that may grow",
        "  4000,  1000, a full ring of which as many slots leave as are taken"
    })
    void oneTripReadsAndWritesTheStateAFewTimes(int limit, int windowMillis, String state) {
        RateLimit rateLimit = RateLimit.of(limit, Duration.ofMillis(windowMillis));
        Duration between = Duration.ofMillis(9); // 3,556 a second
        trips(rateLimit, between);
        executor.commands().configResetstat();

        trips(rateLimit, between);

        String info = executor.commands().info("commandstats");
        executor.commands().del(name(KEY));
        assertThat(perTrip(info, "getrange")).as(state).isLessThanOrEqualTo(3.1);
        assertThat(perTrip(info, "setrange")).as(state).isLessThanOrEqualTo(2.2);
        // Time is virtual, the TTL is not: on a machine that stands still the ring grows anew now and then.
        assertThat(perTrip(info, "set")).as("growing %s", state).isLessThanOrEqualTo(0.05);
    }

    /** FAULTS row 29. */
    @Test
    void inAFullMemoryAKeyThatExistsIsCountedOnAndANewOneLeavesNothing() {
        RateLimit limit = RateLimit.of(1_000, Duration.ofHours(1));
        int left = remaining(trip(KEY, limit));
        executor.commands().configSet("maxmemory", "1");
        try {
            CreditKey other = new CreditKey("github", "other");

            assertThat(remaining(trip(KEY, limit))).isEqualTo(left - TOGETHER);
            assertThat(remaining(trip(KEY, limit))).isEqualTo(left - 2 * TOGETHER);
            assertThatThrownBy(() -> trip(other, limit)).hasMessageContaining("OOM");
            assertThat(executor.commands().exists(name(other))).isZero();
        } finally {
            executor.commands().configSet("maxmemory", "0");
            executor.commands().del(name(KEY));
        }
    }

    private void trips(RateLimit limit, Duration between) {
        for (int i = 0; i < TRIPS; i++) {
            time.advance(between);
            var unused = trip(KEY, limit);
        }
    }

    private List<Decision> trip(CreditKey key, RateLimit limit) {
        Call call = new Call(
                key,
                List.of(limit),
                Duration.ZERO,
                Collections.nCopies(TOGETHER, new Request(1, 0, 1)),
                Duration.ofMinutes(1));
        byte[][] name = {name(key)};
        byte[][] wish = {Wish.takeShared(call, Request.newId(), time.micros())};
        byte[] reply = executor.execute(RedisCreditStore.script(), name, wish)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        List<Decision> decisions = new Answer(reply).replyTo(call.requests()).decisions();
        assertThat(decisions)
                .hasSize(TOGETHER)
                .allSatisfy(decision -> assertThat(decision).isInstanceOf(Taken.class));
        return decisions;
    }

    /** After the last of them. */
    private static int remaining(List<Decision> decisions) {
        return decisions.get(decisions.size() - 1).remaining();
    }

    private static byte[] name(CreditKey key) {
        return new RedisKeys("shared:").name(key);
    }

    private static double perTrip(String info, String command) {
        Matcher calls = Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(info);
        return calls.find() ? Double.parseDouble(calls.group(1)) / TRIPS : 0;
    }
}
