package io.github.reverseratelimiter;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Of one caller that asks for a call in flight: its lease, and the number by which the store knows it while it is queued for. */
final class Seat {

    private final Lease lease;
    private final long ticket;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean called;
    private @Nullable Runnable wake;

    Seat(Lease lease, long ticket) {
        this.lease = lease;
        this.ticket = ticket;
    }

    Lease lease() {
        return lease;
    }

    long ticket() {
        return ticket;
    }

    /** The store has called it up: it may ask again. */
    void call() {
        Runnable action;
        lock.lock();
        try {
            action = wake;
            wake = null;
            called = action == null;
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }

    /** It asks again: whom it is called up for now is not who waited before. */
    void asks() {
        lock.lock();
        try {
            wake = null;
        } finally {
            lock.unlock();
        }
    }

    /** What to do once it is called up; at once if it was meanwhile. */
    void whenCalled(Runnable action) {
        boolean now;
        lock.lock();
        try {
            now = called;
            called = false;
            wake = now ? null : action;
        } finally {
            lock.unlock();
        }
        if (now) {
            action.run();
        }
    }
}
