package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FAULTS 22 and 31: no state, however strange, holds up the server, and none that is not ours is changed. */
@ExtendWith(RedisServer.class)
class StrangeStatesIT {

    private static final String PREFIX = "strange:";
    private static final CreditKey KEY = new CreditKey("github", "acme");
    private static final byte[] NAME = new RedisKeys(PREFIX).name(KEY);
    private static final RateLimit NINE = RateLimit.of(9, Duration.ofSeconds(1));
    private static final int FRONT_BYTES = 25;
    private static final int Q_AT = FRONT_BYTES + 11;
    private static final int SLOTS_AT = FRONT_BYTES + 16;

    private final ManualTime time = new ManualTime();
    private final LettuceScriptExecutor executor;
    private final RedisCreditStore store;
    private long requests;

    StrangeStatesIT(RedisServer server) {
        executor = server.executor();
        store = new RedisCreditStore(executor, PREFIX, time, time::micros);
    }

    @BeforeEach
    void forget() {
        executor.commands().del(NAME);
    }

    @AfterEach
    void disconnect() {
        executor.close();
    }

    private Decision take(RateLimit limit, int credits, Duration maxWait) {
        Request request = new Request(credits, maxWait.toNanos() / 1_000, ++requests);
        Call call = new Call(KEY, List.of(limit), Duration.ZERO, List.of(request), Duration.ofSeconds(10));
        Reply reply = soon(store.take(call));
        return reply.decisions().get(0);
    }

    /** A server that is held up fails the test, and does not hang it. */
    private static <T> T soon(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private byte[] state() {
        for (int i = 0; i < 30; i++) {
            take(NINE, 1, Duration.ZERO);
            time.advance(Duration.ofMillis(50));
        }
        return executor.commands().get(NAME);
    }

    private void refuses(byte[] state) {
        executor.commands().set(NAME, state);

        assertThatThrownBy(() -> soon(store.refund(KEY, 1, time.micros())))
                .as("%s bytes", state.length)
                .hasCauseInstanceOf(CreditStoreMisconfiguredException.class)
                .hasMessageContaining("RRLFOREIGN");

        assertThat(executor.commands().get(NAME)).isEqualTo(state);
    }

    @Test
    void aStateThatWasCutIsRefused() {
        byte[] state = state();

        for (int length = 1; length < state.length; length++) {
            refuses(Arrays.copyOf(state, length));
        }
        refuses(Arrays.copyOf(state, state.length + 1));
    }

    /** Of two keys one is broken: nothing is written to the other, whichever is named first. */
    @Test
    void nothingIsTakenTogetherWithABrokenState() {
        byte[] state = state();
        CreditKey other = new CreditKey("github", "other");
        byte[] otherName = new RedisKeys(PREFIX).name(other);
        List<byte[]> broken = List.of(
                new byte[] {'x'}, Arrays.copyOf(state, 300), Arrays.copyOf(state, state.length - 1), version(state, 2));
        for (byte[] each : broken) {
            executor.commands().set(NAME, each);
            for (List<CreditKey> keys : List.of(List.of(KEY, other), List.of(other, KEY))) {
                executor.commands().del(otherName);

                assertThatThrownBy(() -> soon(store.takeAll(calls(keys))))
                        .as("%s bytes", each.length)
                        .hasCauseInstanceOf(CreditStoreException.class)
                        .hasMessageContaining("RRLFO");

                assertThat(executor.commands().get(NAME)).isEqualTo(each);
                assertThat(executor.commands().exists(otherName)).isZero();
            }
        }
    }

    @Test
    void nothingIsTakenTogetherWithAKeyOfAnotherType() {
        CreditKey other = new CreditKey("github", "other");
        byte[] otherName = new RedisKeys(PREFIX).name(other);
        executor.commands().rpush(otherName, new byte[] {1});
        try {
            assertThatThrownBy(() -> soon(store.takeAll(calls(List.of(KEY, other)))))
                    .hasMessageContaining("WRONGTYPE");

            assertThat(executor.commands().exists(NAME)).isZero();
        } finally {
            executor.commands().del(otherName);
        }
    }

    private List<Call> calls(List<CreditKey> keys) {
        long id = ++requests;
        return keys.stream()
                .map(key -> new Call(
                        key, List.of(NINE), Duration.ZERO, List.of(new Request(1, 0, id)), Duration.ofSeconds(10)))
                .toList();
    }

    private static byte[] version(byte[] state, int version) {
        byte[] other = state.clone();
        other[1] = (byte) version;
        return other;
    }

    /** FAULTS row 32: a later format may be shorter, or longer; its number is all that is known of it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 40, 10_000})
    void aStateOfALaterFormatIsNotForeignWhateverItsLength(int length) {
        byte[] later = version(Arrays.copyOf(state(), length), 2);
        executor.commands().set(NAME, later);

        assertThatThrownBy(() -> soon(store.refund(KEY, 1, time.micros())))
                .hasMessageContaining("RRLFORMAT the state has format 2, this client knows 1");
        assertThatThrownBy(() -> take(NINE, 1, Duration.ZERO)).hasMessageContaining("RRLFORMAT");

        assertThat(executor.commands().get(NAME)).isEqualTo(later);
    }

    @ParameterizedTest
    @ValueSource(ints = {Q_AT, SLOTS_AT})
    void aStateThatCannotBeIsRefused(int at) {
        byte[] state = state();
        state[at] = 0;

        refuses(state);
    }

    /** Another caller's small ring knows next to nothing of a large grant: giving it back must not take as long as it is large. */
    @Test
    void givingBackMoreThanARingHoldsTakesNoLonger() {
        Duration window = Duration.ofSeconds(1);
        Duration rest = Duration.ofMinutes(1);
        RateLimit large = RateLimit.of(Integer.MAX_VALUE, Duration.ofMinutes(1));
        take(NINE, 1, window);
        Decision granted = take(large, 100_000_000, rest);
        assertThat(granted).isInstanceOf(Decision.Taken.class);

        int dropped = soon(store.refund(KEY, 100_000_000, granted.at()));

        assertThat(dropped).isEqualTo(100_000_000);
    }
}
