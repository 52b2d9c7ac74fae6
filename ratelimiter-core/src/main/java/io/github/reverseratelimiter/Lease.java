package io.github.reverseratelimiter;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Under which the store counts the calls of a key that this instance has in flight. It is renewed for as long as there are any, or
 * callers that ask for one; where it is in doubt how many the store counts, it is left to run out, and another one is begun.
 */
final class Lease {

    private final Flights flights;
    private final CreditRequest request;
    private final long id;
    private final ReentrantLock lock = new ReentrantLock();
    /** Calls in flight, and when they began. */
    private final Map<Credit, Long> calls = new HashMap<>();

    private int asking;
    private @Nullable Runnable stopTimer;

    Lease(Flights flights, CreditRequest request, long id) {
        this.flights = flights;
        this.request = request;
        this.id = id;
    }

    /** For a trip that says something of calls under this lease. */
    Call call(CreditRequest of, List<CreditStore.Request> requests, Duration timeout) {
        int most = of.flow().maxInFlight().orElse(0);
        Flight flight = new Flight(id, flights.life(), most, of.flow().countUntil());
        return new Call(of.key(), of.limits(), of.usedMargin(), of.pace(), Optional.of(flight), requests, timeout);
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

    /** One more asks for a call; false if nobody needs the lease any more: then it is over. */
    boolean join() {
        lock.lock();
        try {
            boolean needed = !isUnused();
            if (needed) {
                asking++;
            }
            return needed;
        } finally {
            lock.unlock();
        }
    }

    private boolean isUnused() {
        return asking == 0 && calls.isEmpty();
    }

    /** Who asked has an answer. */
    void answered() {
        lock.lock();
        try {
            asking--;
            endIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /** A call is in flight. */
    void departed(Credit credit, long nowNanos) {
        lock.lock();
        try {
            calls.put(credit, nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /** It is no more, as far as this instance knows. */
    void landed(Credit credit) {
        lock.lock();
        try {
            calls.remove(credit);
            endIfUnused();
        } finally {
            lock.unlock();
        }
    }

    private void endIfUnused() {
        Runnable stop = stopTimer;
        if (isUnused() && stop != null) {
            stopTimer = null;
            flights.over(this);
            stop.run();
        }
    }

    /** It is not known any more what the store counts: whoever asks from now on does so under another lease. */
    void doubt() {
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

    CreditRequest request() {
        return request;
    }

    CreditKey key() {
        return request.key();
    }
}
