package io.github.reverseratelimiter.spring.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Tells for how long the machine let nobody run: by threads that only sleep, and look how late they wake. There are as many
 * as processors, since one may be luckier than others.
 */
public final class Stalls implements AutoCloseable {

    private static final long NAP = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Sleeper> sleepers = IntStream.range(
                    0, Runtime.getRuntime().availableProcessors())
            .mapToObj(i -> new Sleeper())
            .toList();

    /** One that sleeps. */
    private static final class Sleeper {

        private final Thread thread = new Thread(this::watch, "stalls");
        private volatile long stalled;
        private volatile long longest;
        private volatile long awake = System.nanoTime();

        Sleeper() {
            thread.setDaemon(true);
            thread.start();
        }

        private void watch() {
            Semaphore never = new Semaphore(0);
            try {
                long total = 0;
                while (!never.tryAcquire(NAP, TimeUnit.NANOSECONDS)) {
                    long now = System.nanoTime();
                    long late = late(now - awake);
                    // In this order: who reads them in the other one counts nothing twice.
                    awake = now;
                    total += late;
                    stalled = total;
                    longest = Math.max(longest, late);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static long late(long slept) {
            return Math.max(0, slept - 2 * NAP);
        }

        /** With the stall that has not ended. */
        long total() {
            long ended = stalled;
            return ended + late(System.nanoTime() - awake);
        }
    }

    /** Since it was made. */
    public Duration total() {
        return Duration.ofNanos(mark().stream().mapToLong(each -> each).max().orElseThrow());
    }

    /** A moment from which on to count. */
    List<Long> mark() {
        return sleepers.stream().map(Sleeper::total).toList();
    }

    /** Since that moment. */
    Duration since(List<Long> mark) {
        return Duration.ofNanos(IntStream.range(0, mark.size())
                .mapToLong(i -> sleepers.get(i).total() - mark.get(i))
                .max()
                .orElseThrow());
    }

    /** The longest of them. */
    Duration longest() {
        return Duration.ofNanos(
                sleepers.stream().mapToLong(each -> each.longest).max().orElseThrow());
    }

    @Override
    public void close() {
        sleepers.forEach(each -> each.thread.interrupt());
    }
}
