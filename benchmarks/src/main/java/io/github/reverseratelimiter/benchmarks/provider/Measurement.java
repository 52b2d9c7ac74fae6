package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets all instances of an application call a provider, and tells what it saw. */
final class Measurement {

    private static final long SEED = 20_261_125;

    private final Redis redis;
    private final Rounds rounds;
    private int measured;

    Measurement(Redis redis, Rounds rounds) {
        this.redis = redis;
        this.rounds = rounds;
    }

    /** One row: all begin at once, with the whole quota before them. */
    Row measure(Scenario scenario, Subject subject) throws IOException, InterruptedException {
        String account = "account-" + System.nanoTime() + "-" + ++measured;
        List<Limiting> instances = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(rounds.callers());
        try (Provider provider = Provider.start(scenario, SEED)) {
            for (int i = 0; i < rounds.instances(); i++) {
                instances.add(
                        subject.opening().apply(new Subject.Site(redis.uri(), scenario.quota(), rounds.instances())));
            }
            List<Caller> callers = callers(provider, instances);
            warmUp(account, callers, threads);
            redis.resetCounters();
            AtomicBoolean stopped = new AtomicBoolean();
            List<Future<Caller.Seen>> ends = new ArrayList<>();
            for (Caller caller : callers) {
                ends.add(threads.submit(() -> caller.run(account, stopped)));
            }
            TimeUnit.NANOSECONDS.sleep(rounds.time(scenario).toNanos());
            long until = System.nanoTime();
            stopped.set(true);
            awaitTurns(ends, rounds.grace(scenario));
            long trips = subject.trips().applyAsLong(redis.commands());
            Tally tally = provider.tally(account);
            threads.shutdownNow();
            return new Row(scenario, subject, rounds.instances(), tally, until, results(ends), trips);
        } finally {
            threads.shutdownNow();
            instances.forEach(Limiting::close);
        }
    }

    private List<Caller> callers(Provider provider, List<Limiting> instances) {
        List<HttpClient> clients = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            clients.add(
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
        }
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < rounds.callers(); i++) {
            int instance = i % instances.size();
            callers.add(new Caller(provider, instances.get(instance), clients.get(instance)));
        }
        return callers;
    }

    private void warmUp(String account, List<Caller> callers, ExecutorService threads) throws InterruptedException {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < callers.size(); i++) {
            Caller caller = callers.get(i);
            String own = account + "-warm-" + i;
            tasks.add(() -> {
                caller.warmUp(own, rounds.warmUp());
                return true;
            });
        }
        results(threads.invokeAll(tasks));
    }

    /** Waits for those who wait, so that their calls count, like their trips; who then still waits is sent home. */
    private static void awaitTurns(List<Future<Caller.Seen>> ends, Duration grace) throws InterruptedException {
        long deadline = System.nanoTime() + grace.toNanos();
        for (Future<Caller.Seen> end : ends) {
            try {
                end.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static <T> List<T> results(List<Future<T>> futures) throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return results;
    }
}
