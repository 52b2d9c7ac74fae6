package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Callers of one key with the same limits, as long as one of them is under way. No lock: each change of its state is one comparison. */
final class Line {

    /** The script decides so many in some 40 microseconds, during which the server does nothing else. */
    static final int MOST_TOGETHER = 64;

    static final int MOST_WAITING = 10_000;

    /** A further trip for fewer than that costs more than they would wait for one that is under way. */
    private static final int WORTH_A_TRIP = 16;

    /** Waits for a trip; those who came before it follow. */
    private record Waiting(
            Call call,
            long sinceNanos,
            CompletableFuture<Reply> reply,
            @Nullable Waiting before,
            int number) {

        long leftNanos(long now) {
            return call.timeout().toNanos() - (now - sinceNanos);
        }
    }

    /**
     * How it stands.
     *
     * @param newest who waits; null for nobody
     * @param callers who are under way
     * @param trips on which they are; none for a line that is over
     */
    private record State(@Nullable Waiting newest, int callers, int trips) {

        int waiting() {
            return newest == null ? 0 : newest.number;
        }
    }

    private final SharedTrips trips;
    private final Call like;
    private final Duration leastTimeout;
    private final AtomicReference<State> state = new AtomicReference<>(new State(null, 1, 1));

    /** Begun by this call, which is the first one under way. */
    Line(SharedTrips trips, Call call) {
        this.trips = trips;
        this.like = call;
        this.leastTimeout = call.timeout().dividedBy(2);
    }

    CreditKey key() {
        return like.key();
    }

    /** Whether it may travel with the others: one that has little time would leave them as little, since one deadline is that of all. */
    boolean serves(Call call) {
        return call.limits().equals(like.limits())
                && call.margin().equals(like.margin())
                && call.pace().equals(like.pace())
                && call.timeout().compareTo(leastTimeout) >= 0;
    }

    /** Sends the call that the line was begun by. */
    CompletionStage<Reply> first(Call call) {
        return sendAlone(call);
    }

    private CompletableFuture<Reply> sendAlone(Call call) {
        CompletableFuture<Reply> reply = trips.send(call);
        var unused = reply.whenComplete((answer, failure) -> back(1));
        return reply;
    }

    /** Lets one more go, now or with others; null if the line is over. */
    @Nullable
    CompletionStage<Reply> join(Call call) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        long now = trips.nanoTime();
        while (true) {
            State known = state.get();
            if (known.trips == 0) {
                return null;
            }
            int number = known.waiting() + 1;
            if (number > MOST_WAITING) {
                return CompletableFuture.failedFuture(crowded());
            }
            Waiting waiting = new Waiting(call, now, reply, known.newest, number);
            if (number < WORTH_A_TRIP || number < known.callers) {
                if (state.compareAndSet(known, new State(waiting, known.callers, known.trips))) {
                    return reply;
                }
            } else if (state.compareAndSet(known, leave(known, number))) {
                send(waiting);
                return reply;
            }
        }
    }

    private static State leave(State known, int leaving) {
        int groups = (leaving + MOST_TOGETHER - 1) / MOST_TOGETHER;
        return new State(null, known.callers + leaving, known.trips + groups);
    }

    /** A trip is back, so that those who wait need not wait any longer. */
    private void back(int callers) {
        while (true) {
            State known = state.get();
            State without = new State(known.newest, known.callers - callers, known.trips - 1);
            Waiting newest = known.newest;
            if (newest == null) {
                if (state.compareAndSet(known, without)) {
                    if (without.trips == 0) {
                        trips.over(this);
                    }
                    return;
                }
            } else if (state.compareAndSet(known, leave(without, newest.number))) {
                send(newest);
                return;
            }
        }
    }

    /** Sends all who wait, the oldest first, in as many trips as are counted for them. */
    private void send(Waiting newest) {
        Waiting[] all = new Waiting[newest.number];
        for (Waiting each = newest; each != null; each = each.before) {
            all[each.number - 1] = each;
        }
        for (int from = 0; from < all.length; from += MOST_TOGETHER) {
            send(all, from, Math.min(all.length, from + MOST_TOGETHER));
        }
    }

    private void send(Waiting[] all, int from, int to) {
        long now = trips.nanoTime();
        List<Waiting> group = new ArrayList<>(to - from);
        List<Request> requests = new ArrayList<>(to - from);
        long leftNanos = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            long left = all[i].leftNanos(now);
            if (left <= 0) {
                all[i].reply.completeExceptionally(tooLate(all[i].call));
            } else {
                group.add(all[i]);
                requests.add(all[i].call.requests().get(0));
                leftNanos = Math.min(leftNanos, left);
            }
        }
        if (group.isEmpty()) {
            back(to - from);
            return;
        }
        Call together = new Call(
                like.key(),
                like.limits(),
                like.margin(),
                like.pace(),
                like.flight(),
                requests,
                Duration.ofNanos(leftNanos));
        var unused = trips.send(together).whenComplete((reply, failure) -> {
            back(to - from);
            tell(group, reply, failure);
        });
    }

    private static void tell(List<Waiting> group, @Nullable Reply reply, @Nullable Throwable failure) {
        for (int i = 0; i < group.size(); i++) {
            CompletableFuture<Reply> told = group.get(i).reply;
            if (reply == null) {
                told.completeExceptionally(failure);
            } else {
                told.complete(new Reply(
                        reply.now(),
                        reply.held(),
                        reply.otherLimits(),
                        List.of(reply.decisions().get(i)),
                        reply.grant()));
            }
        }
    }

    private CreditStoreException crowded() {
        return new CreditStoreException(
                Reason.CROWD,
                "More than " + MOST_WAITING
                        + " requests of this instance wait for the answer of Redis, for one key of limiter '"
                        + key().limiter() + "': is Redis slow, or max-waiters too large?");
    }

    private static CreditStoreException tooLate(Call call) {
        return new CreditStoreException(
                Reason.TIMEOUT,
                "A request of limiter '" + call.key().limiter() + "' waited for longer than " + call.timeout()
                        + " for others to be answered by Redis: nothing was charged; is Redis slow, or store-timeout too short?");
    }
}
