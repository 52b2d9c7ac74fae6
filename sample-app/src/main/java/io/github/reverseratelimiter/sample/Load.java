package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The callers of all instances: warms them up, starts them together, and collects what they saw. */
final class Load implements AutoCloseable {

    /** All of them begin before the first credit is free, which is what they line up for. */
    private static final long TURN_MILLIS = 10;

    private final SampleOptions options;
    private final TimeSource time;
    private final List<Caller> callers = new ArrayList<>();
    private final ExecutorService threads;
    private final CountDownLatch stop = new CountDownLatch(1);

    Load(SampleOptions options, List<Ways> ways, TimeSource time) {
        this.options = options;
        this.time = time;
        for (int i = 0; i < options.callers(); i++) { // the instances by turns: callers start in this order
            int instance = i % options.instances();
            Consumer<String> provider = ways.get(instance).of(i / options.instances() + instance);
            callers.add(new Caller(instance, provider, options.account(), time, stop));
        }
        this.threads = Executors.newFixedThreadPool(callers.size());
    }

    /** Lets every caller make calls that do not count. */
    void warmUp() throws InterruptedException {
        List<Callable<Boolean>> tasks = IntStream.range(0, callers.size())
                .<Callable<Boolean>>mapToObj(i -> () -> callers.get(i).warmUp(options.warmUp(), i))
                .toList();
        results(threads.invokeAll(tasks));
    }

    /** Starts all callers, one right after the other, so that the instances stand in line by turns, and does something else once a second while they are busy. */
    List<CallerTally> run(IntConsumer everySecond) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(callers.size());
        CountDownLatch start = new CountDownLatch(1);
        List<Future<CallerTally>> tallies = IntStream.range(0, callers.size())
                .mapToObj(i -> threads.submit(() -> {
                    ready.countDown();
                    start.await();
                    var unused = stop.await(i * TURN_MILLIS, TimeUnit.MILLISECONDS);
                    return callers.get(i).run();
                }))
                .toList();
        ready.await();
        start.countDown();
        long began = time.nanoTime();
        for (int second = 1; second <= options.seconds(); second++) {
            long left = began + TimeUnit.SECONDS.toNanos(second) - time.nanoTime();
            if (stop.await(left, TimeUnit.NANOSECONDS)) {
                break;
            }
            everySecond.accept(second);
        }
        stop.countDown();
        return results(tallies);
    }

    @Override
    public void close() {
        stop.countDown();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the callers did not end within 5s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> List<T> results(List<Future<T>> futures) throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a caller could not go on; why is said below", e.getCause());
            }
        }
        return results;
    }
}
