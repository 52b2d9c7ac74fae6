package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.time.TimeSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Lets callers of one key travel together. Who comes first goes at once, alone. Who comes while trips of the key are under way waits until
 * as many wait as are under way, or nobody is any more; then all of them leave together. The farther Redis is, the fewer have to wait. So a
 * lone caller pays nothing, and a crowd makes few trips. Nobody waits for others where that would make his own answer come too late.
 */
final class SharedTrips {

    private final Function<Call, CompletionStage<Reply>> way;
    private final TimeSource time;
    private final Map<CreditKey, Line> lines = new ConcurrentHashMap<>();
    /** By the trips of all keys, since all go to the same place. */
    private final Distance distance = new Distance();

    private volatile Executor teller = Runnable::run;

    /** On this way, which decides the requests of a call together. */
    SharedTrips(Function<Call, CompletionStage<Reply>> way, TimeSource time) {
        this.way = way;
        this.time = time;
    }

    /** The answer to a call with one request. */
    CompletionStage<Reply> take(Call call) {
        while (true) {
            Line line = lines.get(call.key());
            if (line == null) {
                Line begun = new Line(this, call);
                line = lines.putIfAbsent(call.key(), begun);
                if (line == null) {
                    return begun.first(call);
                }
            }
            if (!line.serves(call)) {
                return way.apply(call);
            }
            CompletionStage<Reply> reply = line.join(call);
            if (reply != null) {
                return reply;
            }
            over(line); // whoever ended it may be held up
        }
    }

    CompletableFuture<Reply> send(Call call) {
        try {
            return way.apply(call).toCompletableFuture();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    long nanoTime() {
        return time.nanoTime();
    }

    void answered(long sentNanos) {
        long now = time.nanoTime();
        distance.learn(now - sentNanos, now);
    }

    /** By which callers that travelled together are told. */
    void tellThrough(Executor executor) {
        teller = executor;
    }

    void tell(Runnable telling) {
        teller.execute(telling);
    }

    Distance distance() {
        return distance;
    }

    /** Nobody of this line is under way any more. */
    void over(Line line) {
        lines.remove(line.key(), line);
    }

    /** Of how many keys callers are under way. */
    int size() {
        return lines.size();
    }
}
