package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The calling thread, which keeps so many calls in flight: once a quarter of them has ended, it makes as many anew. */
final class AsyncCrew implements Crew {

    private final int most;
    private final int few;

    AsyncCrew(int most) {
        this.most = most;
        this.few = most - Math.max(1, most / 4);
    }

    @Override
    public Tally work(Gate gate, int accounts, Duration time) {
        return new Shift(gate, accounts).until(System.nanoTime() + time.toNanos());
    }

    private final class Shift {

        private final Gate gate;
        private final int accounts;
        private final Thread sender = Thread.currentThread();
        private final AtomicInteger inFlight = new AtomicInteger();
        private final Histogram latency = new Histogram();
        private long granted;
        private long failed;

        Shift(Gate gate, int accounts) {
            this.gate = gate;
            this.accounts = accounts;
        }

        Tally until(long end) {
            long begin = System.nanoTime();
            while (System.nanoTime() < end) {
                if (inFlight.get() < most) {
                    send();
                } else {
                    await(few);
                }
            }
            await(0);
            synchronized (latency) {
                return new Tally(latency, granted, failed, (System.nanoTime() - begin) / 1e9);
            }
        }

        private void send() {
            inFlight.incrementAndGet();
            long begin = System.nanoTime();
            try {
                var unused = gate.passAsync(
                                accounts == 1 ? 0 : ThreadLocalRandom.current().nextInt(accounts))
                        .whenComplete((grant, failure) -> ended(begin, grant));
            } catch (RuntimeException e) {
                ended(begin, null);
            }
        }

        private void ended(long begin, @Nullable Boolean grant) {
            long took = System.nanoTime() - begin;
            synchronized (latency) {
                latency.add(took);
                failed += grant == null ? 1 : 0;
                granted += Boolean.TRUE.equals(grant) ? 1 : 0;
            }
            int left = inFlight.decrementAndGet();
            if (left == few || left == 0) {
                LockSupport.unpark(sender);
            }
        }

        private void await(int number) {
            while (inFlight.get() > number) {
                LockSupport.park(this);
            }
        }
    }

    @Override
    public void close() {
        // has no thread of its own
    }
}
