package io.github.reverseratelimiter.memory;

import io.github.reverseratelimiter.CreditKey;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Forgets the keys that no longer matter: a few with each call, first those that expired first. So no call has to look
 * at all keys, and a crowd of keys that nobody names again is gone after a fraction of as many calls.
 */
final class Forgetting {

    private static final int AT_ONCE = 4;

    /** A state to look at, once its time has come; it may have been used since, and is needed longer then. */
    private record Due(long at, CreditKey key, KeyState state) {}

    private final ConcurrentHashMap<CreditKey, KeyState> states;
    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long next = Long.MAX_VALUE;

    Forgetting(ConcurrentHashMap<CreditKey, KeyState> states) {
        this.states = states;
    }

    /** A new state, to be forgotten in its time. */
    void add(CreditKey key, KeyState state) {
        lock.lock();
        try {
            queue.add(new Due(state.neededUntil(), key, state));
            noteNext();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there may be something to forget at a time that is now or later. */
    boolean mayBeDue(long nowOrLater) {
        return nowOrLater >= next;
    }

    /** Forgets a few, unless another thread is just doing that. */
    void some(long now) {
        if (now < next || !lock.tryLock()) {
            return;
        }
        try {
            for (int i = 0; i < AT_ONCE && now >= next; i++) {
                Due due = queue.remove();
                if (due.state.expire(now)) {
                    states.remove(due.key, due.state);
                } else {
                    queue.add(new Due(due.state.neededUntil(), due.key, due.state));
                }
                noteNext();
            }
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            queue.clear();
            noteNext();
        } finally {
            lock.unlock();
        }
    }

    private void noteNext() {
        Due first = queue.peek();
        next = first == null ? Long.MAX_VALUE : first.at;
    }
}
