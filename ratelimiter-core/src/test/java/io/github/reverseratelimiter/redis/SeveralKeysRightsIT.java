package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Credits of several keys are taken of all or of none, and so are those of one key and those that travel together, whichever
 * command Redis refuses the script while it runs: the rights of its user were changed, or its memory is full (FAULTS rows 29
 * and 50).
 */
class SeveralKeysRightsIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final RateLimit MANY = RateLimit.of(1_000, Duration.ofHours(1));
    private static final Duration NO_MARGIN = Duration.ZERO;
    /** Wider by more than a state outlives its need: it has to live longer. */
    private static final Duration WIDER = Duration.ofMinutes(30);
    /** As many as a new ring holds. */
    private static final int FULL = 8;

    /** As PTTL says. */
    private static final long WITHOUT_TTL = -1;

    private static final Map<String, List<Kind>> NEEDED_BY = Map.of(
            "set", List.of(Kind.NEW, Kind.GROWS),
            "setrange", List.of(Kind.KNOWN, Kind.LIVES_LONGER),
            "pexpire", List.of(Kind.LIVES_LONGER));

    private static LettuceScriptExecutor executor;
    private static RedisCreditStore store;

    /** What is done to a key. */
    private enum Kind {
        /** Its state is written with SET. */
        NEW(0, NO_MARGIN),
        /** With SETRANGE. */
        KNOWN(1, NO_MARGIN),
        /** With PEXPIRE and SETRANGE. */
        LIVES_LONGER(1, WIDER),
        /** With SET, anew. */
        GROWS(FULL, NO_MARGIN);

        private final int credits;
        private final Duration margin;

        Kind(int credits, Duration margin) {
            this.credits = credits;
            this.margin = margin;
        }
    }

    @BeforeAll
    static void connect() {
        REDIS.allow("reset", "on", ">secret", "~rrl:*", "+@all");
        RedisClient client =
                RedisClient.create(RedisURI.create(REDIS.server().uri().replace("redis://", "redis://app:secret@")));
        executor = new LettuceScriptExecutor(client, client.connect(ByteArrayCodec.INSTANCE));
        store = new RedisCreditStore(executor, "rrl:");
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"set", "setrange", "pexpire"})
    void takesAllOrNoneWithoutTheRightToOneCommand(String command) {
        assertAllOrNone(() -> REDIS.allow("-" + command), () -> REDIS.allow("+" + command));
    }

    @ParameterizedTest
    @ValueSource(strings = {"set", "setrange", "pexpire"})
    void takesAllOrNoneWithoutTheRightToOneCommandInAFullMemory(String command) {
        assertAllOrNone(
                () -> {
                    REDIS.allow("-" + command);
                    REDIS.commands().configSet("maxmemory", "1");
                },
                () -> {
                    REDIS.allow("+" + command);
                    REDIS.commands().configSet("maxmemory", "0");
                });
    }

    @Test
    void takesAllOrNoneInAFullMemory() {
        List<String> granted = assertAllOrNone(
                () -> REDIS.commands().configSet("maxmemory", "1"),
                () -> REDIS.commands().configSet("maxmemory", "0"));

        assertThat(granted).allMatch(pair -> !pair.contains("NEW")).hasSize(9);
    }

    @Test
    void takesOfAllWithAllRights() {
        List<String> granted = assertAllOrNone(() -> {}, () -> {});

        assertThat(granted).hasSize(16);
    }

    @ParameterizedTest
    @CsvSource({"set, 1", "setrange, 1", "pexpire, 1", "set, 3", "setrange, 3", "pexpire, 3"})
    void takesAllOrNoneOfOneKeyWithoutTheRightToOneCommand(String command, int credits) {
        List<Kind> refused = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            CreditKey key = key(kind);
            String before = state(key);
            REDIS.allow("-" + command);
            boolean taken;
            try {
                taken = takeOne(call(key, 1, kind.margin), credits);
            } finally {
                REDIS.allow("+" + command);
            }
            assertThat(REDIS.commands().pttl(name(key))).as("%s", kind).isNotEqualTo(WITHOUT_TTL);
            if (taken) {
                assertThat(charged(key)).as("%s", kind).isEqualTo(kind.credits + credits);
            } else {
                refused.add(kind);
                assertThat(state(key)).as("%s", kind).isEqualTo(before);
            }
        }
        assertThat(refused).isEqualTo(NEEDED_BY.get(command));
    }

    /** One as ever, several as they travel together. */
    private static boolean takeOne(Call call, int credits) {
        try {
            if (credits == 1) {
                return store.take(call).toCompletableFuture().join().decisions().get(0) instanceof Decision.Taken;
            }
            Call together = new Call(
                    call.key(),
                    call.limits(),
                    call.margin(),
                    Collections.nCopies(credits, new Request(1, 0, 1)),
                    call.timeout());
            byte[][] wish = {Wish.takeShared(together, Request.newId(), 0)};
            byte[][] name = {name(call.key())};
            byte[] reply = executor.execute(RedisCreditStore.script(), name, wish)
                    .toCompletableFuture()
                    .join();
            return new Answer(reply).reply().decisions().stream().allMatch(Decision.Taken.class::isInstance);
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Each kind before each: trouble leaves none of the two charged, or both. Returns which were. */
    private static List<String> assertAllOrNone(Runnable trouble, Runnable remedy) {
        List<String> granted = new ArrayList<>();
        for (Kind first : Kind.values()) {
            for (Kind second : Kind.values()) {
                String pair = first + " and " + second;
                CreditKey one = key(first);
                CreditKey other = key(second);
                String before = state(one) + " and " + state(other);
                trouble.run();
                boolean taken;
                try {
                    taken = take(List.of(call(one, 1, first.margin), call(other, 1, second.margin)));
                } finally {
                    remedy.run();
                }
                if (taken) {
                    granted.add(pair);
                    assertThat(List.of(charged(one), charged(other)))
                            .as(pair)
                            .containsExactly(first.credits + 1, second.credits + 1);
                } else {
                    assertThat(state(one) + " and " + state(other)).as(pair).isEqualTo(before);
                }
            }
        }
        return granted;
    }

    private static boolean take(List<Call> calls) {
        try {
            return store.takeAll(calls).toCompletableFuture().join().stream()
                    .allMatch(reply -> reply.decisions().get(0) instanceof Decision.Taken);
        } catch (CompletionException e) {
            return false;
        }
    }

    /** A key to which that happens when a credit is taken. */
    private static CreditKey key(Kind kind) {
        CreditKey key = new CreditKey("", UUID.randomUUID().toString());
        for (int i = 0; i < kind.credits; i++) {
            store.take(call(key, 1, NO_MARGIN)).toCompletableFuture().join();
        }
        return key;
    }

    private static Call call(CreditKey key, int credits, Duration margin) {
        Request wish = new Request(credits, 0, Request.newId());
        return new Call(key, List.of(MANY), margin, List.of(wish), Duration.ofSeconds(10));
    }

    /** Of the key, as one more is taken to see it. */
    private static int charged(CreditKey key) {
        Decision decision = store.take(call(key, 1, NO_MARGIN))
                .toCompletableFuture()
                .join()
                .decisions()
                .get(0);
        return MANY.limit() - decision.remaining() - 1;
    }

    private static byte[] name(CreditKey key) {
        return ("rrl::" + key.value()).getBytes(StandardCharsets.UTF_8);
    }

    private static String state(CreditKey key) {
        byte[] bytes = REDIS.commands().get(name(key));
        return bytes == null ? "nothing" : HexFormat.of().formatHex(bytes);
    }
}
