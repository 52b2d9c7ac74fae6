package io.github.reverseratelimiter.time;

import java.util.concurrent.Executor;

/** Waits: in the calling thread, or without one. */
public interface Sleeper extends AutoCloseable {

    /**
     * Parks the calling thread for so long, and never for less. Pins no virtual thread.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile, or was before; the flag is cleared
     * @throws IllegalStateException if this is closed meanwhile, or was before
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Runs a task on an executor after so long, unless it is cancelled before.
     *
     * @return a handle that cancels it
     * @throws IllegalStateException if this is closed
     */
    Runnable schedule(Runnable task, long nanos, Executor executor);

    /** Wakes whoever sleeps, and ends what was started for scheduling: tasks that wait for their time never run. */
    @Override
    void close();

    /** Sleeps with the JVM's own means; starts one daemon thread with the first scheduled task. */
    static Sleeper system() {
        return new SystemSleeper();
    }
}
