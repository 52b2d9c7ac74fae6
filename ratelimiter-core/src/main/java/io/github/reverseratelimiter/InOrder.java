package io.github.reverseratelimiter;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Tasks that an executor runs one after another, in the order in which they were added. They must not throw. */
final class InOrder {

    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();

    InOrder(Executor executor) {
        this.executor = executor;
    }

    /** To be run by the next {@link #run()}. */
    void add(Runnable task) {
        tasks.add(task);
    }

    /** Has the executor run what was added, unless it is at it: then that is run too. */
    void run() {
        if (asked.getAndIncrement() == 0) {
            executor.execute(this::runAll);
        }
    }

    private void runAll() {
        int seen;
        do {
            seen = asked.get();
            for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
                next.run();
            }
        } while (!asked.compareAndSet(seen, 0));
    }
}
