package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Odd keys against a real Redis, and keys of ours that somebody else has taken. */
class OddKeysIT {

    private static final RateLimit TWO = RateLimit.of(2, Duration.ofHours(1));

    private final String prefix = "odd-" + System.nanoTime() + ":";
    private final LettuceScriptExecutor executor = RedisServer.shared().executor();
    private final CreditStore store = new RedisCreditStore(executor, prefix);
    private final ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
            .storeTimeout(Duration.ofSeconds(20))
            .build();

    @AfterEach
    void close() {
        limiter.close();
    }

    private static CreditRequest request(String key) {
        return CreditRequest.of(key, TWO).limiter("github");
    }

    private byte[] name(String key) {
        return new RedisKeys(prefix).name(new CreditKey("github", key));
    }

    private List<byte[]> ourKeys() {
        ScanIterator<byte[]> names = ScanIterator.scan(
                executor.commands(), ScanArgs.Builder.matches(prefix + "*").limit(1_000));
        List<byte[]> all = new ArrayList<>();
        names.forEachRemaining(all::add);
        return all;
    }

    @Test
    void eachOddKeyHasABudgetOfItsOwnThatExpires() {
        List<String> keys = OddKeys.all();
        for (String key : keys) {
            assertThat(limiter.acquire(request(key)).remaining()).isEqualTo(1);
        }

        for (String key : keys) {
            assertThat(limiter.acquire(request(key)).remaining()).isZero();
            assertThat(limiter.acquire(request(key))).isInstanceOf(Denied.class);
        }

        List<byte[]> written = ourKeys();
        assertThat(written).hasSameSizeAs(keys);
        assertThat(written)
                .allSatisfy(name -> assertThat(executor.commands().pttl(name))
                        .isBetween(1L, Duration.ofHours(2).toMillis()));
        assertThat(written).allSatisfy(name -> assertThat(name.length).isLessThan(300));
    }

    @Test
    void anOddKeyCanBeRefundedAndPaused() {
        for (String key : OddKeys.all()) {
            Granted answer = (Granted) limiter.acquire(request(key).credits(2));

            assertThat(limiter.refund(answer))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(2);

            assertThat(limiter.pause(new CreditKey("github", key), Duration.ofMinutes(1)))
                    .succeedsWithin(Duration.ofSeconds(20));
            assertThat(limiter.acquire(request(key)))
                    .isInstanceOfSatisfying(
                            Denied.class, denied -> assertThat(denied.reason()).isEqualTo(Acquisition.Reason.PAUSED));
        }

        assertThat(ourKeys())
                .allSatisfy(name -> assertThat(executor.commands().pttl(name)).isPositive());
    }

    @Test
    void aDeniedRequestAndAPauseThatAddsNothingWriteNoKey() {
        limiter.pause(new CreditKey("github", "acme"), Duration.ZERO).join();

        assertThat(ourKeys()).isEmpty();
    }

    @Test
    void aNameOfOursIsInOneSlotWhateverBracesAreInIt() {
        for (String key : List.of("{a}{b}", "{", "}", "{}", "a{b", "{{a}}")) {
            assertThat(SlotHash.getSlot(name(key))).isBetween(0, SlotHash.SLOT_COUNT - 1);
        }
    }

    @Test
    void aPrefixWithAHashTagPutsAllKeysIntoOneSlot() {
        RedisKeys tagged = new RedisKeys("{app}:");

        assertThat(OddKeys.all())
                .extracting(key -> SlotHash.getSlot(tagged.name(new CreditKey("github", key))))
                .containsOnly(SlotHash.getSlot("app"));
    }

    /** What another application may have put there. */
    record Foreign(String title, Put put) {
        @Override
        public String toString() {
            return title;
        }
    }

    interface Put {
        void put(LettuceScriptExecutor executor, byte[] name);
    }

    static Stream<Foreign> foreigners() {
        byte[] one = bytes("1");
        return Stream.of(
                foreign("a string", (redis, name) -> redis.commands().set(name, bytes("a session"))),
                foreign("an empty string", (redis, name) -> redis.commands().set(name, new byte[0])),
                foreign("a counter", (redis, name) -> redis.commands().incr(name)),
                foreign("a large string", (redis, name) -> redis.commands().set(name, new byte[100_000])),
                foreign("a list", (redis, name) -> redis.commands().rpush(name, one, one)),
                foreign("a hash", (redis, name) -> redis.commands().hset(name, Map.of(one, one))),
                foreign("a set", (redis, name) -> redis.commands().sadd(name, one)),
                foreign("a sorted set", (redis, name) -> redis.commands().zadd(name, 1, one)),
                foreign("a stream", (redis, name) -> redis.commands().xadd(name, Map.of(one, one))),
                foreign("a list that expires", (redis, name) -> {
                    redis.commands().rpush(name, one);
                    redis.commands().expire(name, 10_000);
                }));
    }

    private static Foreign foreign(String title, Put put) {
        return new Foreign(title, put);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("foreigners")
    void aForeignKeyUnderOurNameIsAnErrorAndStaysAsItIs(Foreign foreign) {
        foreign.put().put(executor, name("acme"));
        String before = HexFormat.of().formatHex(executor.commands().dump(name("acme")));
        Long ttl = executor.commands().ttl(name("acme"));

        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquire(request("acme")))
                .withMessageMatching("(?s)(WRONGTYPE|RRLFOREIGN) .* \\(limiter 'github'\\)");
        assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                .isThrownBy(() -> limiter.acquire(request("acme").maxWait(Duration.ofHours(2))));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> limiter.pause(new CreditKey("github", "acme"), Duration.ofSeconds(5))
                        .join());

        assertThat(HexFormat.of().formatHex(executor.commands().dump(name("acme"))))
                .isEqualTo(before);
        assertThat(executor.commands().ttl(name("acme"))).isBetween(ttl - 60, ttl);
    }

    @Test
    void aForeignStringThatBeginsAsOursDoIsAnErrorAndStaysAsItIs() {
        byte[] foreign = bytes("R".repeat(500));
        executor.commands().set(name("acme"), foreign);
        Call call = new Call(
                new CreditKey("github", "acme"),
                List.of(TWO),
                Duration.ZERO,
                List.of(new Request(1, 0, 77)),
                Duration.ofSeconds(20));

        assertThat(store.take(call).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("RRLFOREIGN");

        assertThat(executor.commands().get(name("acme"))).isEqualTo(foreign);
    }

    @Test
    void aKeyThatSomebodyTakesFromUsIsAnErrorForARefundToo() {
        Granted answer = (Granted) limiter.acquire(request("acme"));
        executor.commands().del(name("acme"));
        executor.commands().set(name("acme"), bytes("mine now"));

        assertThat(limiter.refund(answer)).failsWithin(Duration.ofSeconds(20));

        assertThat(executor.commands().get(name("acme"))).isEqualTo(bytes("mine now"));
    }
}
