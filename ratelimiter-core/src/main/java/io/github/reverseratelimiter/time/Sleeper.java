package io.github.reverseratelimiter.time;

import java.util.concurrent.Executor;

/** Waits: in the calling thread, or without one. */
public interface Sleeper extends AutoCloseable {

    /**
     * Parks the calling thread for so long. Pins no virtual thread.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile, or was before; the flag is cleared
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Runs a task on an executor after so long, unless it is cancelled before.
     *
     * @return a handle that cancels it
     */
    Runnable schedule(Runnable task, long nanos, Executor executor);

    /** Ends what was started for scheduling. */
    @Override
    void close();

    /** Sleeps with the JVM's own means; starts one daemon thread with the first scheduled task. */
    static Sleeper system() {
        return new SystemSleeper();
    }
}
