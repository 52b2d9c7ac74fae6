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

    /** The script decides so many in some 75 microseconds, during which the server does nothing else. */
    static final int MOST_TOGETHER = 64;

    static final int MOST_WAITING = 10_000;

    /** A further trip for fewer than that costs more than they would wait for one that is under way, where Redis is near. */
    static final int WORTH_A_TRIP = 16;

    /** In so many parts a crowd goes where who waited for others would be told too late. */
    static final int MOST_PARTS = 256;

    /** Waits for a trip: the future of its own reply. Those who came before it follow. */
    private static final class Waiting extends CompletableFuture<Reply> {

        private final Call call;
        private final long sinceNanos;
        private final @Nullable Waiting before;
        private final int number;

        Waiting(Call call, long sinceNanos, @Nullable Waiting before) {
            this.call = call;
            this.sinceNanos = sinceNanos;
            this.before = before;
            this.number = before == null ? 1 : before.number + 1;
        }

        long leftNanos(long now) {
            return call.timeout().toNanos() - (now - sinceNanos);
        }

        /** As it stands now: to wait for others is part of the longest wait. */
        Request request(long now) {
            Request asked = call.requests().get(0);
            return asked.maxWait() == 0
                    ? asked
                    : new Request(
                            asked.credits(), Math.max(0, asked.maxWait() - (now - sinceNanos) / 1_000), asked.id());
        }
    }

    /**
     * How it stands.
     *
     * @param newest who waits; null for nobody
     * @param underWay number of callers whose trips are not back; none for a line that is over
     * @param lastNanos when the last trip left
     */
    private record State(@Nullable Waiting newest, int underWay, long lastNanos) {

        /**
         * Whether those who wait, whose newest this is, should leave: when nobody is under way, or as many as they are. So a crowd goes
         * by halves, of which one comes while the other is under way. If they left with each trip that comes back, they would be
         * those few whom the one before has just told.
         */
        boolean isWorthATrip(Waiting newest) {
            return underWay == 0 || newest.number >= Math.max(WORTH_A_TRIP, underWay);
        }

        /** The same where Redis is farther away, and a crowd goes in more parts than two: as many more as may be under way. Few go alone then. */
        boolean isPart(Waiting newest, int parts) {
            return parts > 1 && newest.number * (long) parts >= underWay;
        }

        /** Nobody waits for trips that nobody waits for any more: over a connection that hangs they never come back, and only who asks finds that out. */
        boolean isOverdue(Waiting newest) {
            return newest.sinceNanos - lastNanos >= newest.call.timeout().toNanos();
        }

        /**
         * Whether those who wait for the trips under way, and then for one of their own, are likely to be told too late, if those take as
         * long as the last one.
         */
        boolean isTooFar(Waiting newest, long tripNanos) {
            long answeredAfter = lastNanos + 2 * tripNanos - newest.sinceNanos;
            return answeredAfter > newest.call.timeout().toNanos() / 4 * 3;
        }
    }

    private final SharedTrips trips;
    private final Call like;
    private final long leastTimeoutNanos;
    private final AtomicReference<State> state;

    /** Begun by this call, which is the first one under way. */
    Line(SharedTrips trips, Call call) {
        this.trips = trips;
        this.like = call;
        this.leastTimeoutNanos = call.timeout().toNanos() / 2;
        this.state = new AtomicReference<>(new State(null, 1, trips.nanoTime()));
    }

    CreditKey key() {
        return like.key();
    }

    /** Whether it may travel with the others: one that has little time would leave them as little, since one deadline is that of all. */
    boolean serves(Call call) {
        return call.limits().equals(like.limits())
                && call.margin().equals(like.margin())
                && call.pace().equals(like.pace())
                && call.timeout().toNanos() >= leastTimeoutNanos;
    }

    /** Sends the call that the line was begun by. */
    CompletionStage<Reply> first(Call call) {
        long sent = trips.nanoTime();
        CompletableFuture<Reply> reply = trips.send(call);
        var unused = reply.whenComplete((answer, failure) -> back(1, sent, answer));
        return reply;
    }

    /** Lets one more go, now or with others; null if the line is over. */
    @Nullable
    CompletionStage<Reply> join(Call call) {
        long now = trips.nanoTime();
        while (true) {
            State known = state.get();
            if (known.underWay == 0) {
                return null;
            }
            Waiting waiting = new Waiting(call, now, known.newest);
            if (waiting.number > MOST_WAITING) {
                return CompletableFuture.failedFuture(crowded());
            }
            if (goOn(known, new State(waiting, known.underWay, known.lastNanos))) {
                return waiting;
            }
        }
    }

    /** A trip is back. */
    private void back(int callers, long sentNanos, @Nullable Reply answer) {
        if (answer != null) {
            trips.answered(sentNanos);
        }
        back(callers);
    }

    /** So many are not under way any more. */
    private void back(int callers) {
        State known = state.get();
        while (!goOn(known, new State(known.newest, known.underWay - callers, known.lastNanos))) {
            known = state.get();
        }
    }

    private boolean leaves(State next, Waiting newest) {
        if (next.isWorthATrip(newest) || next.isOverdue(newest)) {
            return true;
        }
        Distance distance = trips.distance();
        int parts = next.isTooFar(newest, distance.lastNanos()) ? MOST_PARTS : distance.parts();
        return next.isPart(newest, parts);
    }

    /** Those who wait leave if they should; false if somebody else was faster. */
    private boolean goOn(State known, State next) {
        Waiting newest = next.newest;
        if (newest != null && leaves(next, newest)) {
            State left = new State(null, next.underWay + newest.number, trips.nanoTime());
            boolean first = state.compareAndSet(known, left);
            if (first) {
                send(newest);
            }
            return first;
        }
        boolean first = state.compareAndSet(known, next);
        if (first && next.underWay == 0) {
            trips.over(this);
        }
        return first;
    }

    /** Sends all who wait, the oldest first. */
    private void send(Waiting newest) {
        Waiting[] all = new Waiting[newest.number];
        for (Waiting each = newest; each != null; each = each.before) {
            all[each.number - 1] = each;
        }
        long now = trips.nanoTime();
        int from = 0;
        while (from < all.length) {
            int to = end(all, from, now);
            send(all, from, to, now);
            from = to;
        }
    }

    /** Up to where they go together from there: one deadline is that of all, so nobody may leave less than half of his time to another. */
    private static int end(Waiting[] all, int from, long now) {
        int end = Math.min(all.length, from + MOST_TOGETHER);
        long least = Math.max(0, all[from].leftNanos(now));
        long most = least;
        int to = from + 1;
        while (to < end) {
            long left = all[to].leftNanos(now);
            least = Math.max(0, Math.min(least, left));
            most = Math.max(most, left);
            if (most > 2 * least) {
                break;
            }
            to++;
        }
        return to;
    }

    private void send(Waiting[] all, int from, int to, long now) {
        List<Waiting> group = new ArrayList<>(to - from);
        List<Request> requests = new ArrayList<>(to - from);
        long leftNanos = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            long left = all[i].leftNanos(now);
            if (left <= 0) {
                all[i].completeExceptionally(tooLate(all[i].call));
            } else {
                group.add(all[i]);
                requests.add(all[i].request(now));
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
            back(to - from, now, reply);
            trips.tell(() -> tell(group, reply, failure));
        });
    }

    private static void tell(List<Waiting> group, @Nullable Reply reply, @Nullable Throwable failure) {
        for (int i = 0; i < group.size(); i++) {
            Waiting told = group.get(i);
            if (reply == null) {
                told.completeExceptionally(failure);
            } else {
                told.complete(reply.with(List.of(reply.decisions().get(i))));
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
