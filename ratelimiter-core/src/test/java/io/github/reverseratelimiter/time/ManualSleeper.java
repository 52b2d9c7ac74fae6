package io.github.reverseratelimiter.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Sleeps by moving a test's clock; runs what is scheduled when the test lets time pass. For one thread. */
public final class ManualSleeper implements Sleeper {

    private record Scheduled(long due, Runnable task, Executor executor) {}

    private final ManualTime time;
    private final List<Scheduled> scheduled = new ArrayList<>();
    private final List<Duration> naps = new ArrayList<>();
    private Runnable whileAsleep = () -> {};
    private Duration oversleeps = Duration.ZERO;

    public ManualSleeper(ManualTime time) {
        this.time = time;
    }

    /** How long each sleep was asked to be. */
    public List<Duration> naps() {
        return naps;
    }

    /** Happens once, in the middle of the next sleep. */
    public void duringTheNextSleep(Runnable event) {
        whileAsleep = event;
    }

    /** From now on, each sleep is that much longer than asked for. */
    public void oversleepsBy(Duration more) {
        oversleeps = more;
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        naps.add(Duration.ofNanos(nanos));
        Runnable event = whileAsleep;
        whileAsleep = () -> {};
        event.run();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        time.advance(Duration.ofNanos(Math.max(0, nanos)).plus(oversleeps));
    }

    @Override
    public Runnable schedule(Runnable task, long nanos, Executor executor) {
        Scheduled entry = new Scheduled(time.nanoTime() + nanos, task, executor);
        scheduled.add(entry);
        return () -> scheduled.remove(entry);
    }

    /** Number of tasks that wait for their time. */
    public int scheduled() {
        return scheduled.size();
    }

    /** Lets time pass, and runs what falls due on the way. */
    public void pass(Duration duration) {
        long end = time.nanoTime() + duration.toNanos();
        while (true) {
            Optional<Scheduled> next =
                    scheduled.stream().filter(entry -> entry.due <= end).min(Comparator.comparingLong(Scheduled::due));
            if (next.isEmpty()) {
                time.advance(Duration.ofNanos(Math.max(0, end - time.nanoTime())));
                return;
            }
            scheduled.remove(next.get());
            time.advance(Duration.ofNanos(Math.max(0, next.get().due - time.nanoTime())));
            next.get().executor.execute(next.get().task);
        }
    }

    @Override
    public void close() {
        scheduled.clear();
    }
}
