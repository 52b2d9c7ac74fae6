package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Threads that each make one call after the other. */
final class BlockingCrew implements Crew {

    private final ExecutorService threads;
    private final int count;

    BlockingCrew(ExecutorService threads, int count) {
        this.threads = threads;
        this.count = count;
    }

    @Override
    public Tally work(Gate gate, int accounts, Duration time) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Shift>> shifts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shifts.add(threads.submit(() -> {
                ready.countDown();
                go.await();
                return Shift.of(gate, accounts, System.nanoTime() + time.toNanos());
            }));
        }
        ready.await();
        long begin = System.nanoTime();
        go.countDown();
        Histogram latency = new Histogram();
        long granted = 0;
        long failed = 0;
        long end = begin;
        for (Future<Shift> future : shifts) {
            Shift shift = result(future);
            latency.addAll(shift.latency);
            granted += shift.granted;
            failed += shift.failed;
            end = Math.max(end, shift.end);
        }
        return new Tally(latency, granted, failed, (end - begin) / 1e9);
    }

    /** What one thread did. */
    private static final class Shift {

        private final Histogram latency = new Histogram();
        private long granted;
        private long failed;
        private long end;

        static Shift of(Gate gate, int accounts, long until) {
            Shift shift = new Shift();
            long begin = System.nanoTime();
            while (begin < until) {
                shift.call(gate, accounts == 1 ? 0 : ThreadLocalRandom.current().nextInt(accounts));
                long now = System.nanoTime();
                shift.latency.add(now - begin);
                begin = now;
            }
            shift.end = begin;
            return shift;
        }

        private void call(Gate gate, int account) {
            try {
                granted += gate.pass(account) ? 1 : 0;
            } catch (RuntimeException e) {
                failed++;
            }
        }
    }

    private static Shift result(Future<Shift> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a call has not ended for a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
