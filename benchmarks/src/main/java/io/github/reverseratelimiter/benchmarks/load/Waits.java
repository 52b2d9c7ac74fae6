package io.github.reverseratelimiter.benchmarks.load;

import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.benchmarks.Redis;
import io.github.reverseratelimiter.benchmarks.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/** Callers who wait for one account that allows less than they want, and ask again as soon as they were granted. */
final class Waits {

    static final int CALLERS = 64;
    static final RateLimit LIMIT = RateLimit.of(50, Duration.ofSeconds(1));

    /** Not counted: all begin at once. */
    private static final Duration BEGINNING = LIMIT.window().multipliedBy(3).dividedBy(2);

    /** One was overtaken if another asked so much later, and was granted so much earlier: threads wake when they may. */
    static final Duration CLEARLY = Duration.ofMillis(10);

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Waits() {}

    /** When a caller asked and when it was granted, in nanoseconds. */
    record Wait(long asked, long granted) {
        double millis() {
            return (granted - asked) / 1e6;
        }
    }

    /**
     * What they saw.
     *
     * @param trips for each granted call, from the first one on
     * @param meanMillis of those who asked after the beginning
     * @param longestMillis of the same
     * @param overtaking share of grants that overtook somebody who still waited, of the same
     */
    record Sample(double callsPerSecond, double trips, double meanMillis, double longestMillis, double overtaking) {
        double longestToMean() {
            return longestMillis / meanMillis;
        }
    }

    /** A limiter, and what was seen each time. */
    record Row(String limiter, List<Sample> samples) {
        double median(ToDoubleFunction<Sample> value) {
            return Table.median(samples.stream().mapToDouble(value).toArray());
        }

        /** The largest. */
        double worst(ToDoubleFunction<Sample> value) {
            return samples.stream().mapToDouble(value).max().orElse(Double.NaN);
        }
    }

    /** Measures it once, in a Redis that holds nothing. */
    static Sample measure(Redis redis, Contender contender, Duration time) throws InterruptedException {
        redis.forgetAll();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (Gate gate = contender.opening().apply(new Site(redis.uri(), LIMIT, 1))) {
            redis.resetCounters();
            CountDownLatch ready = new CountDownLatch(CALLERS);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<List<Wait>>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> {
                    ready.countDown();
                    go.await();
                    return waits(gate, System.nanoTime() + time.toNanos());
                }));
            }
            ready.await();
            long begin = System.nanoTime();
            go.countDown();
            List<Wait> waits = new ArrayList<>();
            for (Future<List<Wait>> caller : callers) {
                waits.addAll(result(caller));
            }
            double trips = contender.trips().applyAsLong(redis.commands());
            return sample(waits, begin, trips);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Wait> waits(Gate gate, long until) throws InterruptedException {
        List<Wait> waits = new ArrayList<>();
        while (System.nanoTime() < until) {
            long asked = System.nanoTime();
            if (!gate.await(0, LONGEST)) {
                throw new IllegalStateException("denied, though there was time to wait");
            }
            waits.add(new Wait(asked, System.nanoTime()));
        }
        return waits;
    }

    private static Sample sample(List<Wait> waits, long begin, double trips) {
        List<Wait> counted = waits.stream()
                .filter(wait -> wait.asked >= begin + BEGINNING.toNanos())
                .toList();
        long end = waits.stream().mapToLong(Wait::granted).max().orElse(begin + 1);
        return new Sample(
                waits.size() / ((end - begin) / 1e9),
                trips / waits.size(),
                counted.stream().mapToDouble(Wait::millis).average().orElse(Double.NaN),
                counted.stream().mapToDouble(Wait::millis).max().orElse(Double.NaN),
                counted.isEmpty() ? Double.NaN : overtaking(counted));
    }

    /** Share of the waits that overtook another. */
    static double overtaking(List<Wait> waits) {
        List<Wait> byAsking = new ArrayList<>(waits);
        byAsking.sort(Comparator.comparingLong(Wait::asked));
        long clearly = CLEARLY.toNanos();
        int overtook = 0;
        int earlier = 0;
        long latest = Long.MIN_VALUE;
        for (Wait wait : byAsking) {
            while (byAsking.get(earlier).asked + clearly <= wait.asked) {
                latest = Math.max(latest, byAsking.get(earlier).granted);
                earlier++;
            }
            overtook += earlier > 0 && latest >= wait.granted + clearly ? 1 : 0;
        }
        return (double) overtook / waits.size();
    }

    private static <T> T result(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
