package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Lets the ends of calls travel together, those of one lease. The first goes at once, alone; calls that end while it is under way go with
 * the next trip, when it is back. No caller waits for that.
 */
final class SharedEnds {

    private record Group(CreditKey key, long lease) {

        static Group of(Call call) {
            return new Group(call.key(), call.flight().map(Flight::lease).orElseThrow());
        }
    }

    /** Those who wait for a trip that is under way. Guarded by the lock. */
    private static final class Waiting {

        private final Call first;
        private final long sentNanos;
        private final List<Request> ends = new ArrayList<>();
        private final CompletableFuture<Boolean> known = new CompletableFuture<>();

        Waiting(Call first, long sentNanos) {
            this.first = first;
            this.sentNanos = sentNanos;
        }

        /** A trip that is overdue may never come back. */
        boolean isOverdue(Call call, long now) {
            return now - sentNanos >= call.timeout().toNanos();
        }

        /** Whether it may travel with the others. */
        boolean serves(Call call) {
            return ends.size() < Line.MOST_TOGETHER
                    && call.limits().equals(first.limits())
                    && call.margin().equals(first.margin())
                    && call.pace().equals(first.pace());
        }

        Call together() {
            return new Call(
                    first.key(), first.limits(), first.margin(), first.pace(), first.flight(), ends, first.timeout());
        }
    }

    private final Function<Call, CompletionStage<Boolean>> way;
    private final TimeSource time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Group, Waiting> groups = new HashMap<>();

    /** On this way, which tells the ends that are the requests of a call, and answers whether their lease is known. */
    SharedEnds(Function<Call, CompletionStage<Boolean>> way, TimeSource time) {
        this.way = way;
        this.time = time;
    }

    /** Tells one end. */
    CompletionStage<Boolean> ended(Call call) {
        Group group = Group.of(call);
        long now = time.nanoTime();
        Waiting waiting;
        boolean overdue;
        lock.lock();
        try {
            waiting = groups.putIfAbsent(group, new Waiting(call, now));
            overdue = waiting != null && waiting.isOverdue(call, now);
            if (waiting != null && !overdue && waiting.serves(call)) {
                waiting.ends.add(call.requests().get(0));
                return waiting.known;
            }
        } finally {
            lock.unlock();
        }
        if (waiting == null) {
            return send(group, call);
        }
        if (overdue) {
            // Who waits for it might never be told, and his call would be counted for as long as the lease goes on.
            back(group);
        }
        return way.apply(call);
    }

    private CompletableFuture<Boolean> send(Group group, Call call) {
        CompletableFuture<Boolean> sent;
        try {
            sent = way.apply(call).toCompletableFuture();
        } catch (RuntimeException | Error e) {
            sent = CompletableFuture.failedFuture(e);
        }
        var unused = sent.whenComplete((known, failure) -> back(group));
        return sent;
    }

    /** A trip is back: whoever waits for it leaves. */
    private void back(Group group) {
        Waiting leaving;
        lock.lock();
        try {
            leaving = groups.remove(group);
            if (leaving != null && !leaving.ends.isEmpty()) {
                groups.put(group, new Waiting(leaving.first, time.nanoTime()));
            }
        } finally {
            lock.unlock();
        }
        if (leaving != null && !leaving.ends.isEmpty()) {
            tell(leaving, send(group, leaving.together()));
        }
    }

    private static void tell(Waiting waiting, CompletionStage<Boolean> sent) {
        var unused = sent.whenComplete((known, failure) -> {
            if (failure == null) {
                waiting.known.complete(known);
            } else {
                waiting.known.completeExceptionally(failure);
            }
        });
    }

    /** Nobody waits any longer: what is not told now never will be. */
    void flush() {
        List<Group> waiting;
        lock.lock();
        try {
            waiting = List.copyOf(groups.keySet());
        } finally {
            lock.unlock();
        }
        waiting.forEach(this::back);
    }

    /** Of how many leases ends are under way. */
    int size() {
        lock.lock();
        try {
            return groups.size();
        } finally {
            lock.unlock();
        }
    }
}
