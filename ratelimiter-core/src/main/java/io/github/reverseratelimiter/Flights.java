package io.github.reverseratelimiter;

import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The calls of this instance that are in flight, and those who are queued for one. */
final class Flights {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimiter.class.getName());
    private static final int INSTANCE_BITS = 32;
    private static final int NUMBERS = 1 << 16;
    private static final int RENEWALS_IN_A_LIFE = 3;

    private final CreditStore store;
    private final Duration life;
    private final Duration longestCall;
    private final Duration storeTimeout;
    private final TimeSource time;
    private final Sleeper sleeper;
    private final Executor executor;
    private final Listeners listeners;
    private final int instance = ThreadLocalRandom.current().nextInt();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicBoolean listens = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final Map<CreditKey, Lease> leases = new ConcurrentHashMap<>();
    /** Of leases that are in use, also in doubt: a number is used again when none of those has it. */
    private final Set<Long> used = ConcurrentHashMap.newKeySet();

    private final Map<Long, Seat> seats = new ConcurrentHashMap<>();

    Flights(
            CreditStore store,
            Duration life,
            Duration longestCall,
            Duration storeTimeout,
            TimeSource time,
            Sleeper sleeper,
            Executor executor,
            Listeners listeners) {
        this.store = store;
        this.life = life;
        this.longestCall = longestCall;
        this.storeTimeout = storeTimeout;
        this.time = time;
        this.sleeper = sleeper;
        this.executor = executor;
        this.listeners = listeners;
    }

    Duration life() {
        return life;
    }

    /** For a caller that asks for a call of this kind. */
    Seat seat(CreditRequest request) {
        if (request.flow().maxInFlight().isPresent() && listens.compareAndSet(false, true)) {
            store.whenCalled(instance, this::called);
        }
        while (true) {
            Lease known = leases.get(request.key());
            if (known != null && known.join(request)) {
                return seat(known);
            }
            long id = newId();
            Lease begun = new Lease(this, request, id);
            if (known == null
                    ? leases.putIfAbsent(request.key(), begun) == null
                    : leases.replace(request.key(), known, begun)) {
                begun.begin();
                return seat(begun);
            }
            forget(id);
        }
    }

    private long newId() {
        while (true) {
            long number = numbers.incrementAndGet() & (NUMBERS - 1);
            long id = number << INSTANCE_BITS | Integer.toUnsignedLong(instance);
            if (used.add(id) || used.size() >= NUMBERS) {
                return id;
            }
        }
    }

    /** Nobody uses a lease of this name any more. */
    void forget(long id) {
        used.remove(id);
    }

    private Seat seat(Lease lease) {
        Seat seat = new Seat(lease, CreditStore.Request.newId());
        seats.put(seat.ticket(), seat);
        return seat;
    }

    /** For the same caller, which asks anew: under another lease, if calls may not be begun under that one any more. */
    Seat another(Seat before, CreditRequest request) {
        Seat seat = seat(request);
        leave(before);
        return seat;
    }

    /** Its caller has an answer, or has gone. */
    void leave(Seat seat) {
        seats.remove(seat.ticket());
        seat.lease().answered(seat.ticket());
    }

    private void called(long ticket) {
        Seat seat = seats.get(ticket);
        if (seat != null) {
            executor.execute(seat::call);
        }
    }

    /** Nobody asks under this lease any more. */
    void over(Lease lease) {
        leases.remove(lease.key(), lease);
    }

    /** The store does not know it any more, though there are calls in flight. */
    void lost(Lease lease) {
        listeners.leaseLost(lease.key().limiter());
    }

    /** Renews it after a while. */
    Runnable renewLater(Lease lease) {
        try {
            return sleeper.schedule(() -> renew(lease), life.toNanos() / RENEWALS_IN_A_LIFE, executor);
        } catch (IllegalStateException closed) {
            return () -> {};
        }
    }

    private void renew(Lease lease) {
        giveUpTheLongest(lease);
        if (!lease.isToBeRenewed()) {
            lease.again();
            return;
        }
        try {
            var unused = store.goesOn(lease.call(lease.request(), List.of(), storeTimeout))
                    .whenComplete((known, failure) -> {
                        if (failure == null && known) {
                            lease.renewed();
                        } else if (failure == null) {
                            lease.lost();
                        }
                    });
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "A lease could not be renewed", e);
        } finally {
            lease.again();
        }
    }

    private void giveUpTheLongest(Lease lease) {
        for (Credit credit : lease.before(time.nanoTime() - longestCall.toNanos())) {
            if (credit.claim()) {
                if (warned.compareAndSet(false, true)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "A call" + Check.of(lease.key().limiter()) + " has not ended within "
                                    + Durations.text(longestCall)
                                    + " and is not counted any more: is complete(granted) missing? (told once)");
                }
                listeners.callGivenUp(credit, time.nanoTime());
                over(credit);
            }
        }
    }

    /** A call has ended. */
    void ended(Credit credit, CallEnd end) {
        listeners.callEnded(credit, end, time.nanoTime());
        over(credit);
    }

    /** Tells the store: one trip, which nobody waits for. */
    private void over(Credit credit) {
        Departure departure = credit.departure();
        if (departure == null) {
            return;
        }
        CreditRequest request = departure.request();
        Lease lease = departure.seat().lease();
        lease.landing(credit);
        try {
            var unused = store.ended(lease.call(request, List.of(departure.end()), storeTimeout))
                    .whenComplete(lease::landed);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "The end of a call could not be told", e);
            lease.landed(null, e);
        }
    }

    /** Ends it when it cannot be on its way any more. */
    void endedWhenItHasArrived(Credit credit, Departure departure) {
        long left = departure.begunNanos()
                + departure.request().flow().longestDelay().toNanos()
                - time.nanoTime();
        if (left <= 0) {
            ended(credit, CallEnd.UNKNOWN);
            return;
        }
        try {
            sleeper.schedule(() -> ended(credit, CallEnd.UNKNOWN), left, executor);
        } catch (IllegalStateException closed) {
            LOG.log(System.Logger.Level.DEBUG, "Closed while a call was in flight: its lease runs out", closed);
        }
    }
}
