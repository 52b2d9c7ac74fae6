package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Credits counted in this JVM alone, by the same rules as in Redis. Keys that no longer matter are forgotten. */
public final class InMemoryCreditStore implements CreditStore {

    private static final int FIRST_SWEEP = 256;
    /** Begin of the store's clock, so that "long ago" is a positive time. */
    private static final long EPOCH = Duration.ofDays(36_500).toNanos() / 1_000;

    private final ConcurrentHashMap<CreditKey, KeyState> states = new ConcurrentHashMap<>();
    private final AtomicInteger sweepAt = new AtomicInteger(FIRST_SWEEP);
    private final TimeSource time;
    private final long begin;

    /** A store on this JVM's monotonic clock. */
    public InMemoryCreditStore() {
        this(TimeSource.system());
    }

    /** A store on another clock, for tests. */
    public InMemoryCreditStore(TimeSource time) {
        this.time = Objects.requireNonNull(time, "time");
        this.begin = time.nanoTime();
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        return answer(call.key(), state -> state.take(call, now()));
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return answer(key, state -> state.refund(credits, at));
    }

    @Override
    public CompletionStage<Long> pause(CreditKey key, Duration duration) {
        return answer(key, state -> state.pause(duration, now()));
    }

    private <T> CompletionStage<T> answer(CreditKey key, Function<KeyState, @Nullable T> question) {
        while (true) {
            KeyState state = states.get(key);
            if (state == null) {
                sweep();
                state = states.computeIfAbsent(key, any -> new KeyState());
            }
            T answer = question.apply(state);
            if (answer != null) {
                return CompletableFuture.completedFuture(answer);
            }
            states.remove(key, state);
        }
    }

    /** Each time the number of keys has doubled since the last sweep, forgets those that have expired. */
    private void sweep() {
        int size = states.size();
        int at = sweepAt.get();
        if (size < at || !sweepAt.compareAndSet(at, Integer.MAX_VALUE)) {
            return;
        }
        states.values().removeIf(state -> state.expire(now()));
        sweepAt.set(Math.max(FIRST_SWEEP, 2 * states.size()));
    }

    /** Keys that are held in memory now. */
    int size() {
        return states.size();
    }

    private long now() {
        return EPOCH + (time.nanoTime() - begin) / 1_000;
    }

    @Override
    public void close() {
        states.clear();
    }
}
