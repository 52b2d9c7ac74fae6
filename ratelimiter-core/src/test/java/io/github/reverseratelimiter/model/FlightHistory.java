package io.github.reverseratelimiter.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** The calls that callers were told of, with what is true of each; judges them from outside, by brute force. */
final class FlightHistory {

    private static final long OPEN = Long.MAX_VALUE;

    /** A call, or credits taken without counting the call. */
    static final class Told {
        private final long id;
        private final long lease;
        private final int credits;
        private final boolean completion;
        private final long entry;
        private final long step;
        private long turn;
        private long at;
        private long end = OPEN;
        private long endStep = OPEN;

        Told(long id, long lease, int credits, boolean completion, long entry, long turn, long at, long step) {
            this.id = id;
            this.lease = lease;
            this.credits = credits;
            this.completion = completion;
            this.entry = entry;
            this.turn = turn;
            this.at = at;
            this.step = step;
        }

        @Override
        public String toString() {
            return credits + (completion ? " of call " : " of ") + id + " from " + at + " to " + end;
        }
    }

    private final Map<Long, Told> told = new HashMap<>();
    private final Map<Long, Long> until = new HashMap<>();
    private long latest;

    int size() {
        return told.size();
    }

    /** The latest time that anything was granted for, or until which a lease goes on. */
    long latest() {
        return until.values().stream().mapToLong(each -> each).reduce(latest, Math::max);
    }

    /** All calls and leases are gone. */
    void forget() {
        told.clear();
        until.replaceAll((lease, end) -> 0L);
        latest = 0;
    }

    void granted(Told call) {
        if (told.putIfAbsent(call.id, call) == null) {
            latest = Math.max(latest, call.at);
        }
    }

    void ended(long id, long now, long step) {
        Told call = told.get(id);
        if (call != null && call.end == OPEN) {
            call.end = now;
            call.endStep = step;
            latest = Math.max(latest, now);
        }
    }

    void notMade(long id) {
        told.remove(id);
    }

    void renew(long lease, long end) {
        until.merge(lease, end, Math::max);
    }

    boolean runs(long lease, long now) {
        return until.getOrDefault(lease, OPEN) > now;
    }

    /** Calls whose lease has run out ended then. */
    void runOut(long now, long step) {
        for (Told call : told.values()) {
            if (call.end == OPEN && call.lease != 0 && !runs(call.lease, now)) {
                call.end = until.get(call.lease);
                call.endStep = step;
            }
        }
    }

    void hold(long now, long micros) {
        told.values().stream().filter(call -> call.at > now).forEach(call -> call.at += micros);
        told.values().stream().filter(call -> call.turn > now).forEach(call -> call.turn += micros);
        latest += latest > now ? micros : 0;
    }

    /** In the order of their times. What ended before its time was never made. */
    private List<Told> made() {
        return told.values().stream()
                .filter(call -> !call.completion || call.end >= call.at)
                .sorted(Comparator.comparingLong((Told call) -> call.at))
                .toList();
    }

    /** At each grant, what may still arrive with it or after it, beside what arrived within the window before, fits the limit. */
    void judgeWindow(RateLimit limit, long width) {
        List<Told> calls = made();
        for (Told call : calls) {
            long sum = 0;
            List<Told> counting = new ArrayList<>();
            for (Told other : calls) {
                if (other.at > call.at) {
                    break;
                }
                if (other.at > call.at - width || (other.completion && other.end > call.at - width)) {
                    sum += other.credits;
                    counting.add(other);
                }
            }
            assertThat(sum)
                    .as("credits that count against a grant for %s, limit %s: %s", call.at, limit, counting)
                    .isLessThanOrEqualTo(limit.limit());
        }
    }

    /** Whenever calls arrive, from their grant to their end: no half-open window holds more than the limit. */
    void judgeArrivals(RateLimit limit, long width, Random random) {
        record Arrival(long time, int credits) {}
        List<Arrival> arrivals = new ArrayList<>();
        for (Told call : told.values()) {
            if (!call.completion) {
                arrivals.add(new Arrival(call.at, call.credits));
            } else if (call.end >= call.at) {
                long longest = Math.min(call.end, call.at + 4 * width) - call.at;
                arrivals.add(new Arrival(call.at + random.nextLong(longest + 1), call.credits));
            }
        }
        arrivals.sort(Comparator.comparingLong(Arrival::time));
        long sum = 0;
        int first = 0;
        for (Arrival arrival : arrivals) {
            sum += arrival.credits;
            while (arrivals.get(first).time + width <= arrival.time) {
                sum -= arrivals.get(first++).credits;
            }
            assertThat(sum)
                    .as("arrivals in the window up to %s, limit %s", arrival.time, limit)
                    .isLessThanOrEqualTo(limit.limit());
        }
    }

    /** No credit comes sooner after the one before than the pace says. */
    void judgePace(long gap) {
        List<Told> calls = made();
        for (int i = 1; i < calls.size(); i++) {
            assertThat(calls.get(i).at - calls.get(i - 1).at)
                    .as("between %s and %s", calls.get(i - 1), calls.get(i))
                    .isGreaterThanOrEqualTo(calls.get(i).credits * gap);
        }
    }

    /** No more calls at once than the cap. */
    void judgeCap(int cap) {
        Collection<Told> calls =
                told.values().stream().filter(call -> call.lease != 0).toList();
        for (Told call : calls) {
            long beside = calls.stream()
                    .filter(other -> other.step <= call.step && other.endStep > call.step)
                    .count();
            assertThat(beside).as("calls in flight at the grant of %s", call.id).isLessThanOrEqualTo(cap);
        }
    }

    /** Who came first is called up for no later time; but those whose lease ran out before it. */
    void judgeOrder() {
        long latestBefore = Long.MIN_VALUE;
        Predicate<Told> queued = call -> call.lease != 0 && call.end >= call.at;
        for (Told call : told.values().stream()
                .filter(queued)
                .sorted(Comparator.comparingLong((Told each) -> each.entry))
                .toList()) {
            assertThat(call.turn)
                    .as("turn of %s, called up behind others", call.id)
                    .isGreaterThanOrEqualTo(latestBefore);
            latestBefore = call.turn;
        }
    }
}
