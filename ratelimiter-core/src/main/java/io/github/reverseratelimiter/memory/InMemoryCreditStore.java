package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Credits counted in this JVM alone, by the same rules as in Redis. Keys that no longer matter are forgotten. */
public final class InMemoryCreditStore implements CreditStore {

    /** Begin of the store's clock, so that "long ago" is a positive time. */
    private static final long EPOCH = Duration.ofDays(36_500).toNanos() / 1_000;

    private final ConcurrentHashMap<CreditKey, KeyState> states = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Integer, LongConsumer> listeners = new ConcurrentHashMap<>();
    private final Forgetting forgetting = new Forgetting(states);
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
        Reply reply = answer(call.key(), state -> state.take(call));
        // A key's own time may be ahead of the clock: never behind it.
        if (forgetting.mayBeDue(reply.now())) {
            forgetting.some(now());
        }
        return CompletableFuture.completedFuture(reply);
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        if (calls.stream().map(Call::key).distinct().count() < calls.size()) {
            throw new IllegalArgumentException(
                    "two calls have the same key: credits of one key are taken with one call of all its windows");
        }
        forgetting.some(now());
        while (true) {
            AllOrNone all = new AllOrNone(calls.stream()
                    .map(call -> new AllOrNone.Asked(call, state(call.key())))
                    .toList());
            List<Reply> replies = all.take();
            if (replies != null) {
                return CompletableFuture.completedFuture(replies);
            }
            // One is being forgotten just now.
            all.asked().stream()
                    .filter(asked -> asked.state().isDead())
                    .forEach(asked -> states.remove(asked.call().key(), asked.state()));
        }
    }

    private KeyState state(CreditKey key) {
        KeyState known = states.get(key);
        if (known != null) {
            return known;
        }
        KeyState state = new KeyState(this::now, this::tell);
        KeyState other = states.putIfAbsent(key, state);
        if (other != null) {
            return other;
        }
        forgetting.add(key, state);
        return state;
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        KeyState state = states.get(key);
        Integer dropped = state == null ? null : state.refund(credits, at);
        return CompletableFuture.completedFuture(dropped == null ? 0 : dropped);
    }

    @Override
    public CompletionStage<Boolean> ended(Call call) {
        return flying(call, state -> state.ended(call));
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return flying(call, state -> state.notMade(call, request));
    }

    @Override
    public CompletionStage<Boolean> withdrawn(Call call, long request) {
        return flying(call, state -> state.withdrawn(call, request));
    }

    @Override
    public CompletionStage<Boolean> goesOn(Call call) {
        return flying(call, state -> state.goesOn(call));
    }

    /** A key that is not known, or is being forgotten, knows no lease. */
    private CompletionStage<Boolean> flying(Call call, Function<KeyState, @Nullable Boolean> question) {
        KeyState state = states.get(call.key());
        return CompletableFuture.completedFuture(state != null && Boolean.TRUE.equals(question.apply(state)));
    }

    @Override
    public void whenCalled(int instance, LongConsumer request) {
        listeners.put(instance, request);
    }

    private void tell(Ticket ticket) {
        LongConsumer listener = listeners.get(ticket.instance());
        if (listener != null) {
            listener.accept(ticket.id());
        }
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        forgetting.some(now());
        return CompletableFuture.completedFuture(answer(key, state -> state.pause(duration)));
    }

    private <T> T answer(CreditKey key, Function<KeyState, @Nullable T> question) {
        while (true) {
            KeyState state = states.get(key);
            T answer = state == null ? first(key, question) : question.apply(state);
            if (answer != null) {
                return answer;
            }
            if (state != null) {
                // It is being forgotten just now.
                states.remove(key, state);
            }
        }
    }

    /** Asks a new state, unless another thread was faster. */
    private <T> @Nullable T first(CreditKey key, Function<KeyState, @Nullable T> question) {
        KeyState state = new KeyState(this::now, this::tell);
        if (states.putIfAbsent(key, state) != null) {
            return null;
        }
        try {
            return question.apply(state);
        } finally {
            forgetting.add(key, state);
        }
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
        forgetting.clear();
    }
}
