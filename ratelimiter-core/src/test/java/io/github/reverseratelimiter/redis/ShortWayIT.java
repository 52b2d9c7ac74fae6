package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The short ways of the script answer and write what its long way does. {@code -Dways.seed} begins elsewhere, {@code -Dways.wishes}
 * asks for more.
 */
class ShortWayIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final long SEED = Long.getLong("ways.seed", 20_260_101L);
    private static final int WISHES = Integer.getInteger("ways.wishes", 12_000);
    private static final long BEGIN = 1_700_000_000_000_000L;
    private static final RateLimit FIFTY = RateLimit.of(50, Duration.ofHours(1));
    /** As many as a new ring holds. */
    private static final int FULL = 8;

    private static final int RING_AT = 220;
    private static final int ROUNDS = 1_000;

    private static TwoWays ways;

    private long time = BEGIN;
    private long identities;

    @BeforeAll
    static void connect() {
        ways = new TwoWays(REDIS.server().uri());
    }

    @AfterAll
    static void disconnect() {
        ways.close();
    }

    @BeforeEach
    void forget() {
        REDIS.commands().del(TwoWays.SHORT, TwoWays.LONG);
    }

    @Test
    void bothWaysAnswerAlike() {
        int wishes = 0;
        for (long seed = SEED; wishes < WISHES; seed++) {
            WishesAtRandom life = new WishesAtRandom(seed);
            TwoWays.Both both = ways.ask(life.wishes());
            wishes += life.wishes().size();

            for (int i = 0; i < life.wishes().size(); i++) {
                byte[] expected = both.longWay().answers().get(i);
                if (!Arrays.equals(both.shortWay().answers().get(i), expected)) {
                    assertThat(both.shortWay().answers().get(i))
                            .as("seed %d, wish %d of %s", seed, i, life.text(i))
                            .isEqualTo(expected);
                }
            }
            assertWrittenAlike(both, "seed " + seed + ", " + life.text(0));
        }
    }

    /** One after another: at the end the ring has all its slots. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "7, 1, 1",
        "8, 1, 1",
        "9, 1, 1",
        "17, 1, 1",
        "1000, 1, 1",
        "4089, 1, 1",
        "4090, 1, 1",
        "5000, 2, 2",
        "5000, 1, 2",
        "100000, 24, 24"
    })
    void aRingGrowsToItsFullSizeAsByTheLongWay(int limit, int first, int credits) {
        RateLimit rateLimit = RateLimit.of(limit, Duration.ofHours(1));
        List<byte[]> wishes = new ArrayList<>(List.of(take(first, rateLimit)));
        for (int i = 0; i < limit / credits + 3; i++) {
            wishes.add(take(credits, rateLimit));
        }

        TwoWays.Both both = ways.ask(wishes);

        for (int i = 0; i < wishes.size(); i++) {
            assertThat(both.shortWay().answers().get(i))
                    .as("take %d", i)
                    .isEqualTo(both.longWay().answers().get(i));
        }
        assertWrittenAlike(both, "limit " + limit);
    }

    /** Of two more credits the second needs the slot of the one that is inside yet; the one before it left two windows ago. */
    @Test
    void aRingThatGrowsForgetsWhatItMayAsByTheLongWay() {
        List<byte[]> wishes = new ArrayList<>(takes(FULL, FIFTY));
        time = BEGIN + 2 * FIFTY.windowMicros();
        wishes.add(take(2, FIFTY));

        assertWrittenAlike(ways.ask(wishes), "two more");
    }

    /** Its slots were others' before, of which it knows nothing any more. Where two share a slot, the second may come as it grows. */
    @ParameterizedTest
    @CsvSource({"50, 1", "5000, 2"})
    void aRingThatWentRoundGrowsAsByTheLongWay(int limit, int credits) {
        RateLimit rateLimit = RateLimit.of(limit, Duration.ofHours(1));
        List<byte[]> wishes = new ArrayList<>(takes(FULL, rateLimit));
        time += 3 * rateLimit.windowMicros();
        wishes.add(take(1, rateLimit));
        for (int i = 0; i < 3 * FULL; i++) {
            wishes.add(take(credits, rateLimit));
        }

        assertWrittenAlike(ways.ask(wishes), "went round");
    }

    /** A window that was first named when the other one had forgotten some: what it knows of them stays with it. */
    @Test
    void theRingOfALaterWindowGrowsAsByTheLongWay() {
        RateLimit later = RateLimit.of(FIFTY.limit(), FIFTY.window().multipliedBy(6));
        List<byte[]> wishes = new ArrayList<>(takes(FULL, FIFTY));
        time += 3 * FIFTY.windowMicros();
        wishes.addAll(takes(FULL / 2, FIFTY));
        wishes.addAll(takes(1, later));
        time += 3 * later.windowMicros();
        wishes.addAll(takes(3 * FULL, later));

        assertWrittenAlike(ways.ask(wishes), "a later window");
    }

    private List<byte[]> takes(int takes, RateLimit limit) {
        return IntStream.range(0, takes).mapToObj(i -> take(1, limit)).toList();
    }

    private static void assertWrittenAlike(TwoWays.Both both, String of) {
        assertThat(both.shortWay().first())
                .as("first state, %s", of)
                .isEqualTo(both.longWay().first());
        assertThat(TwoWays.alike(both.shortWay().last()))
                .as("last state, %s", of)
                .isEqualTo(TwoWays.alike(both.longWay().last()));
    }

    /** Its TTL passes while it is asked for it: the longest that was seen is what was set. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 39_999, 40_001, 3_600_000})
    void aNewKeyLivesAsLongAsByTheLongWay(long windowMillis) {
        RateLimit limit = RateLimit.of(5, Duration.ofMillis(windowMillis));
        long expected = Math.max(windowMillis + 5_000, (windowMillis * 9 + 7) / 8);
        long shortWay = 0;
        long longWay = 0;
        for (int round = 0; round < ROUNDS && shortWay + longWay < 2 * expected; round++) {
            TwoWays.Both both = ways.ask(List.of(take(1, limit)));
            shortWay = Math.max(shortWay, both.shortWay().firstMillis());
            longWay = Math.max(longWay, both.longWay().firstMillis());
        }

        assertThat(List.of(shortWay, longWay)).containsExactly(expected, expected);
    }

    /** The long way would look first whether the key is a foreign one; rings grow from 8 to 16, 32 and 50. */
    @Test
    void aNewKeyAndARingThatGrowsGoTheShortWay() {
        REDIS.commands().configResetstat();

        for (int i = 0; i < FIFTY.limit(); i++) {
            ways.ask(TwoWays.SHORT, take(1, FIFTY));
        }

        assertThat(REDIS.calls("set")).isEqualTo(1 + 3);
        assertThat(REDIS.calls("exists")).isZero();
    }

    @Test
    void anEmptyStringIsSomebodyElsesAndStays() {
        REDIS.commands().setex(TwoWays.SHORT, 1_000, new byte[0]);

        assertThatThrownBy(() -> ways.ask(TwoWays.SHORT, take(1, FIFTY))).hasMessageContaining("RRLFOREIGN");

        assertThat(REDIS.commands().get(TwoWays.SHORT)).isEmpty();
        assertThat(REDIS.commands().ttl(TwoWays.SHORT)).isPositive();
    }

    @Test
    void aFullMemoryRefusesANewKeyAndLeavesNothing() {
        REDIS.commands().configSet("maxmemory", "1");
        try {
            assertThatThrownBy(() -> ways.ask(TwoWays.SHORT, take(1, FIFTY))).hasMessageContaining("OOM");
        } finally {
            REDIS.commands().configSet("maxmemory", "0");
        }
        assertThat(REDIS.commands().exists(TwoWays.SHORT)).isZero();
    }

    @Test
    void inAFullMemoryARingGrowsAsByTheLongWay() {
        fill(FULL);
        byte[] wish = take(1, FIFTY);
        REDIS.commands().configSet("maxmemory", "1");
        try {
            byte[] answer = ways.ask(TwoWays.SHORT, wish);

            assertThat(answer).isEqualTo(ways.ask(TwoWays.LONG, TwoWays.longWay(wish)));
        } finally {
            REDIS.commands().configSet("maxmemory", "0");
        }
        byte[] state = REDIS.commands().get(TwoWays.SHORT);
        assertThat(TwoWays.alike(state))
                .isEqualTo(TwoWays.alike(REDIS.commands().get(TwoWays.LONG)));
        assertThat(state).hasSize(RING_AT + 2 * FULL * Double.BYTES);
    }

    @Test
    void withoutTheRightToSetANewKeyFailsAsByTheLongWay() {
        REDIS.allow("reset", "on", ">secret", "~*", "+@all", "-set");
        String uri = REDIS.server().uri().replace("redis://", "redis://app:secret@");
        try (TwoWays restricted = new TwoWays(uri)) {
            byte[] wish = take(1, FIFTY);

            Throwable failure = catchThrowable(() -> restricted.ask(TwoWays.SHORT, wish));

            assertThat(failure).hasMessageContaining("script");
            assertThatThrownBy(() -> restricted.ask(TwoWays.LONG, TwoWays.longWay(wish)))
                    .hasMessage(failure.getMessage());
        }
        assertThat(REDIS.commands().exists(TwoWays.SHORT)).isZero();
    }

    /** FAULTS row 22: of a state that was cut nothing is known, and nothing is written over it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 16})
    void aRingThatWasCutDoesNotGrow(int rings) {
        RateLimit limit = RateLimit.of(1_000, Duration.ofHours(1));
        int slots = rings * FULL;
        for (int i = 0; i < slots; i++) {
            ways.ask(TwoWays.SHORT, take(1, limit));
        }
        byte[] state = REDIS.commands().get(TwoWays.SHORT);
        assertThat(state).hasSize(RING_AT + slots * Double.BYTES);
        byte[] wish = take(1, limit);
        for (int length = 1; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            REDIS.commands().set(TwoWays.SHORT, cut);

            assertThatThrownBy(() -> ways.ask(TwoWays.SHORT, wish))
                    .as("%d bytes", length)
                    .hasMessageContaining("RRLFOREIGN");

            assertThat(REDIS.commands().get(TwoWays.SHORT))
                    .as("%d bytes", length)
                    .isEqualTo(cut);
        }
    }

    /** Nor where it neither grows nor is read at its end, and callers travel together. */
    @Test
    void aRingThatWasCutIsForeignByEveryWay() {
        RateLimit limit = RateLimit.of(40, Duration.ofHours(1));
        for (byte[] wish : takes(limit.limit(), limit)) {
            ways.ask(TwoWays.SHORT, wish);
        }
        byte[] state = REDIS.commands().get(TwoWays.SHORT);
        time += limit.windowMicros();
        for (int length = 1; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            for (byte[] wish : List.of(take(1, limit), take(2, limit), together(limit, 2), together(limit, 20))) {
                REDIS.commands().set(TwoWays.SHORT, cut);

                Throwable failure = catchThrowable(() -> ways.ask(TwoWays.SHORT, wish));

                // Where what was cut off is not looked at, it is decided as ever.
                if (failure != null) {
                    assertThat(failure).as("%d bytes", length).hasMessageContaining("RRLFOREIGN");
                    assertThat(REDIS.commands().get(TwoWays.SHORT)).isEqualTo(cut);
                }
            }
        }
    }

    private byte[] together(RateLimit limit, int requests) {
        List<Request> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            all.add(new Request(1 + i % 2, 0, ++identities));
        }
        Call call = new Call(new CreditKey("two", "ways"), List.of(limit), Duration.ZERO, all, Duration.ofMinutes(1));
        return Wish.takeShared(call, ++identities, ++time);
    }

    private void fill(int takes) {
        for (byte[] wish : takes(takes, FIFTY)) {
            ways.ask(TwoWays.SHORT, wish);
            ways.ask(TwoWays.LONG, TwoWays.longWay(wish));
        }
    }

    private byte[] take(int credits, RateLimit limit) {
        Request request = new Request(credits, 0, ++identities);
        Call call = new Call(
                new CreditKey("two", "ways"), List.of(limit), Duration.ZERO, List.of(request), Duration.ofMinutes(1));
        return Wish.take(call, ++time);
    }
}
