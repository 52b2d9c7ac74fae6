package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.LeaseUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Under which the store counts the calls of a key that this instance has in flight. It is renewed for as long as there are any, or
 * places in the queue for one; where it is in doubt how many the store counts, it is left to run out, and another one is begun.
 */
final class Lease {

    /*
     * The store knows how many calls a lease has, not which. So a lease that it has lost (it ran out, or the state is gone) must not be
     * begun again while an end of one of its calls may still come: that would end a call of the new one. While this instance knows
     * of calls, of places in the queue, or of ends that are not confirmed, the store is told not to begin it (LeaseUse.GO_ON). A
     * call of which it does not know yet is one whose reply is on its way; who gets that after more than half a life does
     * not believe it (see Trips), so within that time and the store's no lease has run out.
     */

    private final Flights flights;
    /** The latest one: a renewal that names windows of a plan of before would have them apply again. */
    private CreditRequest request;

    private final CreditKey key;
    private final long id;
    private final ReentrantLock lock = new ReentrantLock();
    /** Calls in flight, and when they began. */
    private final Map<Credit, Long> calls = new HashMap<>();
    /** Places in the store's queue. */
    private final Set<Long> queued = new HashSet<>();

    /** What the store has not heard, perhaps: places in its queue that nobody waits for. */
    private final List<Runnable> unheard = new ArrayList<>();

    private int asking;
    /** Ends of calls that the store has been told of, and has not confirmed. */
    private int ending;

    private boolean doubted;
    private boolean toldLost;
    private @Nullable Runnable stopTimer;

    Lease(Flights flights, CreditRequest request, long id) {
        this.flights = flights;
        this.request = request;
        this.key = request.key();
        this.id = id;
    }

    /** For a trip that says something of calls under this lease. */
    Call call(CreditRequest of, List<CreditStore.Request> requests, Duration timeout) {
        int most = of.flow().maxInFlight().orElse(0);
        Flight flight = new Flight(id, flights.life(), most, of.flow().countUntil(), use());
        return new Call(of.key(), of.limits(), of.usedMargin(), of.pace(), Optional.of(flight), requests, timeout);
    }

    private LeaseUse use() {
        lock.lock();
        try {
            return doubted || ending > 0 || holdsSomething() ? LeaseUse.GO_ON : LeaseUse.BEGIN;
        } finally {
            lock.unlock();
        }
    }

    private boolean holdsSomething() {
        return !calls.isEmpty() || !queued.isEmpty();
    }

    /** The first one asks for a call. */
    void begin() {
        lock.lock();
        try {
            asking++;
            if (stopTimer == null) {
                stopTimer = flights.renewLater(this);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One more asks for a call; false if he has to do so under another lease: this one is over, in doubt, or about to be empty. */
    boolean join(CreditRequest latest) {
        lock.lock();
        try {
            boolean joins = isOpen() && !isUnused();
            if (joins) {
                asking++;
                request = latest;
            }
            return joins;
        } finally {
            lock.unlock();
        }
    }

    /** Whether calls may be begun under it. Once the store has heard of the last end it knows the lease no more. */
    boolean isOpen() {
        lock.lock();
        try {
            return !doubted && (ending == 0 || holdsSomething());
        } finally {
            lock.unlock();
        }
    }

    private boolean isUnused() {
        return asking == 0 && calls.isEmpty();
    }

    /** Who asked has an answer, or goes to another lease. */
    void answered(long ticket) {
        lock.lock();
        try {
            asking--;
            queued.remove(ticket);
            endIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /** A request is queued for. */
    void queued(long ticket) {
        lock.lock();
        try {
            queued.add(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** A request is not queued for any more, since it was refused. */
    void refused(long ticket) {
        lock.lock();
        try {
            queued.remove(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** A call is in flight. */
    void departed(Credit credit, long ticket, long nowNanos) {
        lock.lock();
        try {
            queued.remove(ticket);
            calls.put(credit, nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** A call in flight has another receipt now. */
    void moved(Credit from, Credit to) {
        lock.lock();
        try {
            Long begun = calls.remove(from);
            if (begun != null) {
                calls.put(to, begun);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Its end, or that it is not made, is about to be told. */
    void landing(Credit credit) {
        lock.lock();
        try {
            ending++;
            calls.remove(credit);
            endIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /** The store has heard of an end, and knew the lease or not; or nobody knows whether it has heard. */
    void landed(@Nullable Boolean known, @Nullable Throwable failure) {
        lock.lock();
        try {
            ending--;
            doubted = doubted || failure != null || !Boolean.TRUE.equals(known);
        } finally {
            lock.unlock();
        }
        if (Boolean.FALSE.equals(known)) {
            lost();
        } else if (!isOpen()) {
            flights.over(this);
        }
    }

    /** The store does not know it any more: calls that are in flight under it are counted by nobody. */
    void lost() {
        boolean tells;
        lock.lock();
        try {
            doubted = true;
            tells = !calls.isEmpty() && !toldLost;
            toldLost |= tells;
        } finally {
            lock.unlock();
        }
        flights.over(this);
        if (tells) {
            flights.lost(this);
        }
    }

    private void endIfUnused() {
        Runnable stop = stopTimer;
        if (isUnused() && stop != null) {
            stopTimer = null;
            flights.over(this);
            flights.forget(id);
            stop.run();
        }
    }

    /** It is not known any more what the store counts: whoever asks from now on does so under another lease. */
    void doubt() {
        lock.lock();
        try {
            doubted = true;
        } finally {
            lock.unlock();
        }
        flights.over(this);
    }

    /** Calls that began before that. */
    List<Credit> before(long nanos) {
        lock.lock();
        try {
            List<Credit> old = new ArrayList<>();
            calls.forEach((credit, begun) -> {
                if (begun - nanos < 0) {
                    old.add(credit);
                }
            });
            return old;
        } finally {
            lock.unlock();
        }
    }

    /** To be done when the store is heard of again. */
    void tellAgain(Runnable trip) {
        lock.lock();
        try {
            unheard.add(trip);
        } finally {
            lock.unlock();
        }
    }

    /** It was renewed: the store hears us. */
    void renewed() {
        List<Runnable> trips;
        lock.lock();
        try {
            trips = List.copyOf(unheard);
            unheard.clear();
        } finally {
            lock.unlock();
        }
        trips.forEach(Runnable::run);
    }

    /** Whether the store counts something under it that is still needed. */
    boolean isToBeRenewed() {
        lock.lock();
        try {
            return holdsSomething();
        } finally {
            lock.unlock();
        }
    }

    /** The next renewal, unless nobody needs the lease any more. */
    void again() {
        lock.lock();
        try {
            if (stopTimer != null) {
                stopTimer = flights.renewLater(this);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who gets a reply later than that does not know what has become of the lease meanwhile. */
    long longestTripNanos() {
        return flights.life().toNanos() / 2;
    }

    CreditRequest request() {
        lock.lock();
        try {
            return request;
        } finally {
            lock.unlock();
        }
    }

    CreditKey key() {
        return key;
    }
}
