package io.github.reverseratelimiter.model;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a store must answer of a key whose calls in flight are counted, from plain lists: for keys whose callers all state the
 * same limits, and where nothing is given back that counted from its grant. Who is called up has his place; his credits count from then
 * on, but those that count from the grant get their time when he comes.
 */
final class FlightModel {

    private static final int IDENTITIES = 6;

    /** Credits that leave each window one window after a time. */
    private static final class Counted {
        private final int credits;
        private long time;

        Counted(int credits, long time) {
            this.credits = credits;
            this.time = time;
        }
    }

    /** A call that is queued for, called up or in flight. */
    private static final class Ticket {
        private final long id;
        private final long lease;
        private final boolean completion;
        private final int credits;
        private int cap;
        private Terms terms = new Terms(0, 0);
        private long deadline;
        private long at;

        Ticket(long id, long lease, boolean completion, int credits) {
            this.id = id;
            this.lease = lease;
            this.completion = completion;
            this.credits = credits;
        }

        /** As it was asked for last. */
        void state(int statedCap, Terms stated, long until) {
            cap = statedCap;
            terms = stated;
            deadline = until;
        }
    }

    private static final class Lease {
        private long until;
        /** By the margin of who renewed it. */
        private long needed;

        private int calls;
        private int open;
    }

    private static final class Identity {
        private final long id;
        private long at;

        Identity(long id, long at) {
            this.id = id;
            this.at = at;
        }
    }

    private record Earliest(long at, boolean unknown) {}

    /** What each caller states for itself: its margin and its pace. */
    private record Terms(long margin, long pace) {

        static Terms of(Call call) {
            return new Terms(micros(call.margin()), micros(call.pace()));
        }

        private static long micros(Duration duration) {
            return (duration.toNanos() + 999) / 1_000;
        }
    }

    private List<Counted> counted = new ArrayList<>();
    private Map<Long, Lease> leases = new HashMap<>();
    private final List<Ticket> flying = new ArrayList<>();
    private final List<Ticket> called = new ArrayList<>();
    private List<Ticket> queue = new ArrayList<>();
    private final Deque<Identity> identities = new ArrayDeque<>();
    private final List<Long> told = new ArrayList<>();
    private final Map<Long, Long> entries = new HashMap<>();
    private final Map<Long, Long> turns = new HashMap<>();
    private long entered;
    private int cap;
    private long latest;
    private long paced;
    private boolean exists;
    private long adj;
    private long last;
    private long notBefore;
    private long held;

    private Call call;
    private long now;
    private boolean changed;
    private long asking;

    // ------------------------------------------------------------------ what the test wants to know

    long logical(long time) {
        return Math.max(time + adj, last);
    }

    long adjustment() {
        return adj;
    }

    boolean changed() {
        return changed;
    }

    /** Whether looking at this time moves the clock of the state. */
    boolean steps(long time) {
        return exists && time + adj < last;
    }

    /** Whether the state says that there are calls in flight. */
    boolean flies() {
        return !leases.isEmpty();
    }

    /** Who was called up by the last operation, but who asked. */
    List<Long> told() {
        return told;
    }

    /** The place in the order of requests, as Redis saw them. */
    long entry(long id) {
        return entries.getOrDefault(id, 0L);
    }

    /** For when it was called up. */
    long turn(long id) {
        return turns.getOrDefault(id, 0L);
    }

    /** Until then (logical time) the state is needed. */
    long neededUntil() {
        long until = Math.max(notBefore, newest() + width());
        for (Lease lease : leases.values()) {
            until = Math.max(until, lease.needed);
        }
        return exists ? Math.max(until, latest + (leases.isEmpty() ? 0 : width())) : 0;
    }

    /**
     * The earliest time for this request that is possible at all: if all calls in flight ended now, and whoever stands before it
     * were granted at once and did not take a moment. Credits that have no time yet come behind those that have one.
     */
    long possible(long id, int credits) {
        FlightModel best = new FlightModel();
        best.call = call;
        best.now = now;
        best.notBefore = notBefore;
        best.latest = latest;
        best.paced = hasCalledByGrant() ? Math.max(now, paced) : paced;
        counted.forEach(each -> best.counted.add(new Counted(each.credits, each.time)));
        flying.stream()
                .filter(this::isOpen)
                .sorted((a, b) -> Long.compare(a.at, b.at))
                .forEach(ticket -> best.count(ticket.credits, Math.max(Math.max(now, ticket.at), best.newest())));
        for (Ticket ticket : queue) {
            if (ticket.id == id) {
                break;
            }
            best.paced = best.earliest(ticket.credits, 0, ticket.terms).at;
            best.counted.add(new Counted(ticket.credits, best.paced));
        }
        return best.earliest(credits, 0).at;
    }

    // ------------------------------------------------------------------ the operations

    void forget() {
        counted = new ArrayList<>();
        leases = new HashMap<>();
        flying.clear();
        called.clear();
        queue = new ArrayList<>();
        identities.clear();
        exists = false;
        adj = 0;
        last = 0;
        notBefore = 0;
        held = 0;
        latest = 0;
        paced = 0;
    }

    private void begin(long time, Call asked, boolean prelude) {
        call = asked;
        changed = false;
        told.clear();
        asking = 0;
        now = time + adj;
        if (now < last) {
            adj += last - now;
            now = last;
        }
        if (leases.isEmpty()) {
            paced = newest();
            latest = 0;
            cap = 0;
        }
        if (prelude) {
            asked.flight().ifPresent(flight -> cap = flight.maxInFlight());
            endSilent();
            callUp();
        }
    }

    private void wrote() {
        changed = true;
        exists = true;
        last = now;
    }

    long pause(long time, Call asked, long duration) {
        begin(time, asked, false);
        long d = now + duration - Math.max(now, notBefore);
        if (d > 0) {
            held += d;
            notBefore = now + duration;
            counted.stream().filter(each -> each.time > now).forEach(each -> each.time += d);
            flying.stream().filter(ticket -> ticket.at > now).forEach(ticket -> ticket.at += d);
            identities.stream().filter(identity -> identity.at > now).forEach(identity -> identity.at += d);
            latest += latest > now ? d : 0;
            paced += paced > now ? d : 0;
            wrote();
        }
        return held;
    }

    List<Decision> take(long time, Call asked) {
        begin(time, asked, true);
        List<Decision> decisions = new ArrayList<>();
        for (Request request : asked.requests()) {
            decisions.add(
                    asked.flight().isPresent() ? fly(request, asked.flight().get()) : plain(request));
        }
        return decisions;
    }

    private Decision plain(Request request) {
        OptionalLong seen = seen(request.id());
        if (seen.isPresent()) {
            return new Decision.Taken(seen.getAsLong(), left(), 0);
        }
        Earliest earliest = earliest(request.credits(), queued(queue));
        if (earliest.unknown || earliest.at - now > request.maxWait()) {
            return refused(earliest.at);
        }
        counted.add(new Counted(request.credits(), earliest.at));
        paced = earliest.at;
        remember(request.id(), earliest.at);
        wrote();
        return new Decision.Taken(earliest.at, left(), 0);
    }

    private Decision fly(Request request, Flight flight) {
        asking = request.id();
        Optional<Ticket> up = find(called, request.id());
        if (up.isEmpty()) {
            OptionalLong seen = seen(request.id());
            if (seen.isPresent()) {
                return new Decision.Taken(seen.getAsLong(), left(), 0);
            }
            Optional<Ticket> queued = find(queue, request.id());
            Ticket ticket = queued.orElseGet(() -> enqueue(request, flight));
            ticket.state(cap, Terms.of(call), now + request.maxWait());
            boolean newcomer = !leases.containsKey(flight.lease());
            if (newcomer) {
                leases.put(flight.lease(), new Lease());
                leases.get(flight.lease()).until = now + micros(flight);
            }
            boolean before = changed;
            callUp();
            up = find(called, request.id());
            if (up.isEmpty()) {
                return queuedOrRefused(request, flight, queued.isPresent(), newcomer && !before);
            }
        }
        pickUp(up.get());
        remember(request.id(), up.get().at);
        renew(flight);
        callUp();
        return new Decision.Taken(up.get().at, left(), 0);
    }

    private Ticket enqueue(Request request, Flight flight) {
        boolean completion = flight.countUntil() == CountUntil.COMPLETION;
        Ticket ticket = new Ticket(request.id(), flight.lease(), completion, request.credits());
        queue.add(ticket);
        entries.put(request.id(), ++entered);
        return ticket;
    }

    /** He has come: credits that count from the grant are granted now, or for when he was called up, if that is to come. */
    private void pickUp(Ticket ticket) {
        turns.put(ticket.id, ticket.at);
        called.remove(ticket);
        if (!ticket.completion) {
            ticket.at = Math.max(Math.max(now, notBefore), ticket.at);
            leases.get(ticket.lease).open -= ticket.credits;
            paced = Math.max(paced, ticket.at);
            count(ticket.credits, ticket.at);
        }
    }

    /** In the order of time. */
    private void count(int credits, long time) {
        int later = counted.size();
        while (later > 0 && counted.get(later - 1).time > time) {
            later--;
        }
        counted.add(later, new Counted(credits, time));
    }

    private Decision queuedOrRefused(Request request, Flight flight, boolean again, boolean newcomer) {
        Optional<Ticket> ticket = find(queue, request.id());
        long ahead =
                ticket.map(own -> queued(queue.subList(0, queue.indexOf(own)))).orElse(0L);
        Earliest earliest = earliest(request.credits(), ahead);
        if (ticket.isPresent() && request.maxWait() > 0 && earliest.at - now <= request.maxWait()) {
            renew(flight);
            return new Decision.Queued(earliest.at, left(), 0);
        }
        ticket.ifPresent(queue::remove);
        changed |= ticket.isPresent() && again;
        boolean gone = letGo(flight.lease());
        changed |= gone && !newcomer;
        return refused(earliest.at);
    }

    private Decision refused(long at) {
        return notBefore > now ? new Decision.Paused(at, left(), 0) : new Decision.Refused(at, left(), 0);
    }

    boolean ended(long time, Call asked, long which) {
        begin(time, asked, true);
        Flight flight = asked.flight().orElseThrow();
        Request request = asked.requests().get(0);
        Lease lease = leases.get(flight.lease());
        if (lease == null) {
            return false;
        }
        if (seen(request.id()).isPresent() || lease.calls == 0) {
            return true;
        }
        flying.removeIf(ticket -> ticket.id == which);
        int n = Math.min(request.credits(), lease.open);
        lease.calls--;
        lease.open -= n;
        renew(flight);
        if (n > 0) {
            counted.add(new Counted(n, Math.max(now, newest())));
        }
        remember(request.id(), now);
        wrote();
        callUp();
        letGo(flight.lease());
        return true;
    }

    boolean withdrawn(long time, Call asked, long which) {
        begin(time, asked, true);
        boolean found = find(queue, which).isPresent()
                || find(called, which).isPresent()
                || seen(which).isPresent();
        return found
                ? giveUp(asked, which)
                : leases.containsKey(asked.flight().orElseThrow().lease());
    }

    boolean notMade(long time, Call asked, long which) {
        begin(time, asked, true);
        return giveUp(asked, which);
    }

    private boolean giveUp(Call asked, long which) {
        Request request = asked.requests().get(0);
        long whose = asked.flight().orElseThrow().lease();
        if (seen(request.id()).isPresent()) {
            return leases.containsKey(whose);
        }
        Optional<Ticket> waiting = find(queue, which);
        if (waiting.isPresent()) {
            queue.remove(waiting.get());
        } else {
            int credits = request.credits();
            Optional<Ticket> up = find(called, which);
            if (up.isPresent()) {
                called.remove(up.get());
                whose = up.get().lease;
                credits = up.get().credits;
            }
            Lease lease = leases.get(whose);
            if (lease == null) {
                return false;
            }
            if (lease.calls == 0) {
                return true;
            }
            flying.removeIf(ticket -> ticket.id == which);
            lease.calls--;
            lease.open -= Math.min(credits, lease.open);
        }
        remember(request.id(), now);
        wrote();
        callUp();
        letGo(whose);
        return true;
    }

    boolean goesOn(long time, Call asked) {
        begin(time, asked, true);
        Flight flight = asked.flight().orElseThrow();
        if (!leases.containsKey(flight.lease())) {
            return false;
        }
        renew(flight);
        return true;
    }

    // ------------------------------------------------------------------ the rules

    private void endSilent() {
        List<Lease> silent = leases.values().stream()
                .filter(lease -> lease.until <= now)
                .sorted((a, b) -> Long.compare(a.until, b.until))
                .toList();
        for (Lease lease : silent) {
            int made = lease.open
                    - called.stream()
                            .filter(ticket -> leases.get(ticket.lease) == lease)
                            .mapToInt(ticket -> ticket.credits)
                            .sum();
            if (made > 0) {
                counted.add(new Counted(made, Math.max(newest(), lease.until)));
            }
            wrote();
        }
        leases.values().removeIf(lease -> lease.until <= now);
        flying.removeIf(ticket -> !leases.containsKey(ticket.lease));
        called.removeIf(ticket -> !leases.containsKey(ticket.lease));
        queue.removeIf(ticket -> !leases.containsKey(ticket.lease));
    }

    private void callUp() {
        while (!queue.isEmpty() && (queue.get(0).cap == 0 || flying.size() < queue.get(0).cap)) {
            Ticket first = queue.get(0);
            Earliest earliest = earliest(first.credits, 0, first.terms);
            if (earliest.unknown) {
                return;
            }
            queue.remove(0);
            wrote();
            if (earliest.at <= first.deadline) {
                first.at = earliest.at;
                paced = earliest.at;
                Lease lease = leases.get(first.lease);
                lease.calls++;
                lease.open += first.credits;
                latest = first.completion ? earliest.at : latest;
                flying.add(first);
                called.add(first);
                if (first.cap > 0 && first.id != asking) {
                    told.add(first.id);
                }
            }
        }
    }

    /** For who makes this trip. */
    private Earliest earliest(int credits, long ahead) {
        return earliest(credits, ahead, Terms.of(call));
    }

    private Earliest earliest(int credits, long ahead, Terms terms) {
        long at = Math.max(Math.max(now, notBefore), Math.max(newest(), latest));
        long pace = terms.pace;
        if (pace > 0 && paced > 0) {
            at = Math.max(at, paced + credits * pace);
        }
        boolean unknown = false;
        for (Ticket ticket : called) {
            if (!ticket.completion) {
                at = Math.max(at, ticket.at);
                unknown |= pace > 0;
            }
        }
        at = unknown ? Math.max(at, now + credits * pace) : at;
        for (RateLimit limit : call.limits()) {
            long width = limit.windowMicros() + terms.margin;
            long each = limit.windowMicros() + leastMargin(terms.margin);
            long beside = limit.limit() - open() - ahead - credits;
            if (beside < 0) {
                unknown = true;
                long turns = (ahead + credits + limit.limit() - 1) / limit.limit();
                long known = turns * limit.limit() - (open() + ahead + credits);
                if (known < 0) {
                    at = Math.max(at, now + width + (turns - 1) * each);
                } else {
                    at = Math.max(at, turns > 1 ? now + width + (turns - 2) * each : at);
                    at = Math.max(at, firstBeyond(known) + width + (turns - 1) * each);
                }
            } else {
                at = Math.max(at, firstBeyond(beside) + width);
            }
        }
        return new Earliest(at, unknown);
    }

    /** Of those who wait, or this one. */
    private long leastMargin(long margin) {
        return queue.stream().mapToLong(ticket -> ticket.terms.margin).reduce(margin, Math::min);
    }

    /** Time of the newest credits that may not stay in the window if only so many may. */
    private long firstBeyond(long beside) {
        long sum = 0;
        for (int i = counted.size() - 1; i >= 0; i--) {
            sum += counted.get(i).credits;
            if (sum > beside) {
                return counted.get(i).time;
            }
        }
        return Long.MIN_VALUE / 2;
    }

    private long open() {
        return flying.stream()
                .filter(this::isOpen)
                .mapToInt(ticket -> ticket.credits)
                .sum();
    }

    /** Whether its credits have no time yet. */
    private boolean isOpen(Ticket ticket) {
        return ticket.completion || called.contains(ticket);
    }

    /** Whether somebody was called up and has not come, whose credits count from then. */
    private boolean hasCalledByGrant() {
        return called.stream().anyMatch(ticket -> !ticket.completion);
    }

    private int left() {
        long least = cap > 0 ? cap - flying.size() : Integer.MAX_VALUE;
        for (RateLimit limit : call.limits()) {
            long cut = now - limit.windowMicros() - Terms.of(call).margin;
            long inside = counted.stream()
                    .filter(each -> each.time > cut)
                    .mapToInt(each -> each.credits)
                    .sum();
            least = Math.min(least, limit.limit() - open() - inside);
        }
        return (int) Math.max(0, least);
    }

    private void renew(Flight flight) {
        Lease lease = leases.computeIfAbsent(flight.lease(), id -> new Lease());
        lease.until = Math.max(lease.until, now + micros(flight));
        lease.needed = Math.max(lease.needed, lease.until + width());
        wrote();
    }

    private boolean letGo(long id) {
        Lease lease = leases.get(id);
        if (lease != null
                && lease.calls == 0
                && called.stream().noneMatch(ticket -> ticket.lease == id)
                && queue.stream().noneMatch(ticket -> ticket.lease == id)) {
            leases.remove(id);
            return true;
        }
        return false;
    }

    private static long queued(List<Ticket> tickets) {
        return tickets.stream().mapToLong(ticket -> ticket.credits).sum();
    }

    private static Optional<Ticket> find(List<Ticket> tickets, long id) {
        return tickets.stream().filter(ticket -> ticket.id == id).findFirst();
    }

    private OptionalLong seen(long id) {
        return identities.stream()
                .filter(identity -> identity.id == id)
                .mapToLong(identity -> identity.at)
                .findFirst();
    }

    private void remember(long id, long at) {
        identities.addFirst(new Identity(id, at));
        Iterator<Identity> oldest = identities.descendingIterator();
        while (identities.size() > IDENTITIES && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }

    private long newest() {
        return counted.isEmpty() ? 0 : counted.get(counted.size() - 1).time;
    }

    private long width() {
        return call == null
                ? 0
                : call.limits().stream()
                        .mapToLong(limit -> limit.windowMicros() + Terms.of(call).margin)
                        .max()
                        .orElse(0);
    }

    private static long micros(Flight flight) {
        return flight.life().toNanos() / 1_000;
    }
}
