package io.github.reverseratelimiter;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that complete asynchronous answers, and run what is chained to them. There are some more than processors: a function that blocks
 * must not hold up all others, whose credits would be late. Idle ones end after a second.
 */
final class Workers {

    private static final int LEAST = 8;
    private static final int MOST = 256;
    private static final int IDLE_SECONDS = 1;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Workers() {}

    static ForkJoinPool begin() {
        int threads = Math.max(LEAST, 2 * Runtime.getRuntime().availableProcessors());
        return new ForkJoinPool(
                threads, Worker::new, null, true, 0, MOST, 1, pool -> true, IDLE_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Worker extends ForkJoinWorkerThread {

        private Worker(ForkJoinPool pool) {
            super(pool);
            setName("reverse-rate-limiter-" + NUMBERS.incrementAndGet());
            setContextClassLoader(Workers.class.getClassLoader());
        }
    }
}
