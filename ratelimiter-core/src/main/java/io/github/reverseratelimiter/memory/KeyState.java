package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.Held;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of one key, for one thread at a time. */
final class KeyState {

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier clock;
    private final Consumer<Ticket> called;
    private final Ledger ledger = new Ledger();
    private final ShortWay shortWay = new ShortWay(ledger);
    private boolean dead;

    KeyState(LongSupplier clock) {
        this(clock, ticket -> {});
    }

    /** Whoever is called up is handed to {@code called}, when nobody holds the lock any more. */
    KeyState(LongSupplier clock, Consumer<Ticket> called) {
        this.clock = clock;
        this.called = called;
    }

    /** Decides, or answers nothing if this state was thrown away meanwhile. */
    @Nullable
    Reply take(Call call) {
        return locked(now -> {
            Reply reply = shortWay.take(call, now);
            return reply == null ? new Trip(ledger, call, now).decide() : reply;
        });
    }

    /** What follows is for who holds the lock, of several states perhaps. */
    void lock() {
        lock.lock();
    }

    void unlock() {
        List<Ticket> told = ledger.flights.told();
        lock.unlock();
        told.forEach(called);
    }

    boolean isDead() {
        lock.lock();
        try {
            return dead;
        } finally {
            lock.unlock();
        }
    }

    /** The clock of all states. */
    long time() {
        return clock.getAsLong();
    }

    /** Whether this request was granted before. */
    boolean knows(Request request) {
        return ledger.identities.timeOf(request.id()).isPresent();
    }

    /** To look first, and decide then. */
    Trip trip(Call call, long time) {
        return new Trip(ledger, call, ledger.logical(time));
    }

    @Nullable
    Boolean ended(Call call) {
        return flying(call, (flight, trip) -> ledger.flights.ended(first(call), flight, trip));
    }

    @Nullable
    Boolean notMade(Call call, long request) {
        return flying(call, (flight, trip) -> ledger.flights.notMade(first(call), request, flight, trip));
    }

    @Nullable
    Boolean withdrawn(Call call, long request) {
        return flying(call, (flight, trip) -> ledger.flights.withdrawn(first(call), request, flight, trip));
    }

    @Nullable
    Boolean goesOn(Call call) {
        return flying(call, (flight, trip) -> ledger.flights.goesOn(flight, trip));
    }

    private @Nullable Boolean flying(Call call, BiPredicate<Flight, Line> operation) {
        return locked(now -> operation.test(call.flight().orElseThrow(), new Trip(ledger, call, now)));
    }

    private static Request first(Call call) {
        return call.requests().get(0);
    }

    @Nullable
    Integer refund(int credits, long at) {
        return locked(now -> {
            ledger.flights.forget(ledger.newest);
            return ledger.drop(credits, at);
        });
    }

    @Nullable
    Held pause(Duration duration) {
        return locked(now -> {
            ledger.flights.forget(ledger.newest);
            return new Held(now, ledger.hold(duration.toNanos() / 1_000, now));
        });
    }

    private <T> @Nullable T locked(LongFunction<T> operation) {
        lock.lock();
        try {
            if (dead) {
                return null;
            }
            // Read in here: a time that waited for the lock would look like a clock that stepped back.
            return operation.apply(ledger.logical(clock.getAsLong()));
        } finally {
            unlock();
        }
    }

    /** Until when this is needed, on the store's clock. */
    long neededUntil() {
        lock.lock();
        try {
            return ledger.neededUntil();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing in here matters any more; then it answers nobody from now on. */
    boolean expire(long time) {
        lock.lock();
        try {
            dead = dead || ledger.isOver(time);
            return dead;
        } finally {
            lock.unlock();
        }
    }
}
