package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.LeaseUse;
import io.github.reverseratelimiter.CreditStore.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls in flight of a key, as {@code credits.lua} has them: leases, a queue, and credits that count until their call has
 * ended, which have no time before: nobody knows when they will leave the window.
 */
final class Flights {

    private final Map<Long, Lease> leases = new HashMap<>();
    private final Map<Long, Ticket> called = new LinkedHashMap<>();
    private final Map<Long, Ticket> queue = new LinkedHashMap<>();
    private final List<Ticket> told = new ArrayList<>();
    private int calls;
    private long open;
    private long queued;
    private int cap;
    /** The latest time given to a credit that counts until its call has ended. */
    private long latest;
    /** The latest time given to any. */
    private long paced;

    /** Whether nothing is in flight, nor queued for: then nothing is known of earlier flights that would matter. */
    boolean isIdle() {
        return leases.isEmpty();
    }

    long open() {
        return open;
    }

    /** Credits that are queued for. */
    long queued() {
        return queued;
    }

    /** Of those who are queued for, or this one. */
    long leastMargin(long margin) {
        long least = margin;
        for (Ticket ticket : queue.values()) {
            least = Math.min(least, ticket.terms().margin());
        }
        return least;
    }

    long latest() {
        return latest;
    }

    /** The latest time of those who were called up and have not come, whose credits get their time then; 0 if there are none. */
    long promised() {
        long promised = 0;
        for (Ticket ticket : called.values()) {
            promised = ticket.completion() ? promised : Math.max(promised, ticket.at());
        }
        return promised;
    }

    long paced() {
        return paced;
    }

    /** A credit was granted for then. */
    void pace(long at) {
        paced = at;
    }

    /** Credits of that time were given back. */
    void unpace(long at, long newest) {
        paced = paced == at ? Math.max(newest, latest) : paced; // open credits stand in no ring
    }

    /** How many more calls may be in flight. */
    long places() {
        return cap > 0 ? cap - calls : Integer.MAX_VALUE;
    }

    boolean knows(Flight flight) {
        return leases.containsKey(flight.lease());
    }

    /** Who was called up and is to be told of it: taken out. */
    List<Ticket> told() {
        if (told.isEmpty()) {
            return List.of();
        }
        List<Ticket> all = List.copyOf(told);
        told.clear();
        return all;
    }

    /** What every trip does first: ends the calls of leases that ran out, and calls up who may go. */
    void enter(@Nullable Flight flight, long newest, Line line) {
        forget(newest);
        if (flight != null) {
            cap = flight.maxInFlight();
        }
        endSilent(line);
        callUp(line, 0);
    }

    /** Where nothing is in flight, nothing is known of earlier flights. */
    void forget(long newest) {
        if (leases.isEmpty()) {
            latest = 0;
            paced = newest;
            cap = 0;
        }
    }

    private void endSilent(Line line) {
        List<Map.Entry<Long, Lease>> silent = leases.entrySet().stream()
                .filter(entry -> entry.getValue().until <= line.now())
                .sorted(Comparator.comparingLong(entry -> entry.getValue().until))
                .toList();
        for (Map.Entry<Long, Lease> entry : silent) {
            Lease lease = entry.getValue();
            leases.remove(entry.getKey());
            calls -= lease.calls;
            open -= lease.open;
            int made = lease.open - called(entry.getKey());
            if (made > 0) {
                line.add(made, lease.until);
            }
            called.values().removeIf(ticket -> ticket.lease() == entry.getKey());
            queue.values().removeIf(ticket -> ticket.lease() == entry.getKey());
            line.keep(line.now());
        }
        if (!silent.isEmpty()) {
            queued = queue.values().stream().mapToLong(Ticket::credits).sum();
        }
    }

    /** Credits of those who were called up and have not come: their calls were not made. */
    private int called(long lease) {
        return called.values().stream()
                .filter(ticket -> ticket.lease() == lease)
                .mapToInt(Ticket::credits)
                .sum();
    }

    /** Gives what is free to those who stand first in the queue; all but {@code asking} are to be told. */
    private void callUp(Line line, long asking) {
        Iterator<Ticket> waiting = queue.values().iterator();
        while (waiting.hasNext()) {
            Ticket first = waiting.next();
            // by the cap that he states, not by that of who makes this trip
            if ((first.cap() > 0 && calls >= first.cap()) || line.isTooNarrowFor(first.credits())) {
                return;
            }
            Earliest earliest = line.earliest(first);
            if (earliest.unknown()) {
                return;
            }
            waiting.remove();
            queued -= first.credits();
            Lease lease = leaseOf(first);
            if (earliest.at() > first.deadline()) {
                lease.tickets--;
            } else {
                callUp(first.calledFor(earliest.at()), lease, line);
                if (first.cap() > 0 && first.id() != asking) {
                    told.add(first);
                }
            }
        }
    }

    /** Its place is taken, and its credits count from now on. */
    private void callUp(Ticket ticket, Lease lease, Line line) {
        if (ticket.completion()) {
            latest = ticket.at();
            line.keep(ticket.at());
        }
        line.state(ticket.at());
        open += ticket.credits();
        lease.open += ticket.credits();
        paced = ticket.at();
        calls++;
        lease.calls++;
        called.put(ticket.id(), ticket);
        line.keep(lease.until);
    }

    /** What becomes of a request. */
    record Answer(Kind kind, long at) {

        enum Kind {
            TAKEN,
            QUEUED,
            REFUSED,
            LOST
        }
    }

    /** Begins a call, or queues for it. */
    Answer begin(Request request, Flight flight, Line line) {
        if (flight.use() == LeaseUse.GO_ON && !knows(flight)) {
            return new Answer(Answer.Kind.LOST, line.now());
        }
        if (!called.containsKey(request.id())) {
            if (line.timeOf(request.id()).isPresent()) {
                return new Answer(Answer.Kind.TAKEN, line.timeOf(request.id()).getAsLong());
            }
            queue(request, flight, line);
            callUp(line, request.id());
        }
        Ticket up = called.remove(request.id());
        if (up != null) {
            long at = come(up, line);
            line.remember(request.id(), at);
            renew(flight, line);
            callUp(line, request.id());
            return new Answer(Answer.Kind.TAKEN, at);
        }
        Ticket ticket = queue.get(request.id());
        long at = line.earliest(request.credits(), ticket == null ? 0 : ahead(ticket))
                .at();
        if (ticket != null && request.maxWait() > 0 && at - line.now() <= request.maxWait()) {
            renew(flight, line);
            return new Answer(Answer.Kind.QUEUED, at);
        }
        if (ticket != null) {
            leave(ticket);
        }
        letGo(flight.lease());
        return new Answer(Answer.Kind.REFUSED, at);
    }

    /** Who was called up has come: credits that count from the grant are granted now, or for when he was called up. */
    private long come(Ticket up, Line line) {
        Lease lease = leaseOf(up);
        lease.tickets--;
        if (up.completion()) {
            return up.at();
        }
        long at = Math.max(line.earliest(), up.at());
        open -= up.credits();
        lease.open -= up.credits();
        paced = Math.max(paced, at);
        line.addAmong(up.credits(), at);
        return at;
    }

    private void queue(Request request, Flight flight, Line line) {
        long deadline = line.now() + request.maxWait();
        Lease lease = leases.computeIfAbsent(
                flight.lease(), id -> new Lease(line.now() + flight.life().toNanos() / 1_000));
        Ticket known = queue.get(request.id());
        if (known != null) {
            queue.put(request.id(), known.until(deadline, flight.maxInFlight(), line.terms()));
        } else {
            boolean completion = flight.countUntil() == CountUntil.COMPLETION;
            queue.put(
                    request.id(),
                    new Ticket(
                            request.id(),
                            flight.lease(),
                            completion,
                            request.credits(),
                            flight.maxInFlight(),
                            line.terms(),
                            deadline,
                            0));
            queued += request.credits();
            lease.tickets++;
        }
    }

    private long ahead(Ticket ticket) {
        long ahead = 0;
        for (Ticket other : queue.values()) {
            if (other.id() == ticket.id()) {
                break;
            }
            ahead += other.credits();
        }
        return ahead;
    }

    private void leave(Ticket ticket) {
        queue.remove(ticket.id());
        queued -= ticket.credits();
        leaseOf(ticket).tickets--;
    }

    /** A call has ended. */
    boolean ended(Request request, Flight flight, Line line) {
        Lease lease = leases.get(flight.lease());
        if (lease == null) {
            return false;
        }
        if (line.timeOf(request.id()).isEmpty() && lease.calls > 0) {
            int credits = free(lease, request.credits());
            renew(flight, line);
            if (credits > 0) {
                line.add(credits, line.now());
            }
            line.remember(request.id(), line.now());
            callUp(line, 0);
            letGo(flight.lease());
        }
        return true;
    }

    /** A lease is kept as long as it has tickets, and takes them with it. */
    private Lease leaseOf(Ticket ticket) {
        return Objects.requireNonNull(leases.get(ticket.lease()), "the lease of a ticket");
    }

    private int free(Lease lease, int credits) {
        int counting = Math.min(credits, lease.open);
        calls--;
        lease.calls--;
        open -= counting;
        lease.open -= counting;
        return counting;
    }

    /** A call is not made that was granted; or waits no longer for being called up. */
    boolean notMade(Request request, long which, Flight flight, Line line) {
        if (line.timeOf(request.id()).isPresent()) {
            return knows(flight);
        }
        Ticket waiting = queue.get(which);
        long whose = flight.lease();
        if (waiting != null) {
            whose = waiting.lease();
            leave(waiting);
        } else {
            Ticket up = called.remove(which);
            whose = up == null ? whose : up.lease();
            Lease lease = leases.get(whose);
            if (lease == null || lease.calls == 0) {
                return lease != null;
            }
            if (up != null) {
                lease.tickets--;
            }
            free(lease, up == null ? request.credits() : up.credits());
        }
        line.remember(request.id(), line.now());
        callUp(line, 0);
        letGo(whose);
        return true;
    }

    /** Nobody waits for a request any more. */
    boolean withdrawn(Request request, long which, Flight flight, Line line) {
        boolean found = queue.containsKey(which)
                || called.containsKey(which)
                || line.timeOf(which).isPresent();
        return found ? notMade(request, which, flight, line) : knows(flight);
    }

    /** A lease goes on. */
    boolean goesOn(Flight flight, Line line) {
        if (!knows(flight)) {
            return false;
        }
        renew(flight, line);
        return true;
    }

    private void renew(Flight flight, Line line) {
        long until = line.now() + flight.life().toNanos() / 1_000;
        Lease lease = leases.computeIfAbsent(flight.lease(), id -> new Lease(until));
        lease.until = Math.max(lease.until, until);
        line.keep(lease.until);
    }

    /** A lease that holds nothing any more is not kept. */
    private void letGo(long id) {
        Lease lease = leases.get(id);
        if (lease != null && lease.isEmpty()) {
            leases.remove(id);
        }
    }

    /** Moves every time after {@code now} by {@code micros}. */
    void hold(long now, long micros) {
        latest += latest > now ? micros : 0;
        paced += paced > now ? micros : 0;
        called.replaceAll((id, ticket) -> ticket.at() > now ? ticket.calledFor(ticket.at() + micros) : ticket);
    }
}
