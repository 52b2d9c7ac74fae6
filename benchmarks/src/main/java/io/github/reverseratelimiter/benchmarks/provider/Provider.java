package io.github.reverseratelimiter.benchmarks.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The provider's HTTP server: {@code GET /{account}} is answered with 200, or with 429 and {@code Retry-After} once the account has
 * spent its quota. Before a call arrives it is held up for as long as the network of the scenario takes.
 */
final class Provider implements AutoCloseable {

    /*
     * The server's selecting thread hands a call on when its first bytes can be read. It waits then in the queue of one worker, for
     * its delay; no thread is held meanwhile, nor is any other call. When the worker comes to it, it has arrived: read, judged by
     * the worker's clock, and counted, one call after the other. The answer waits in the same queue.
     */
    private final HttpServer server;
    private final ScheduledExecutorService worker;
    private final Scenario scenario;
    private final Random random;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();

    private Provider(HttpServer server, Scenario scenario, long seed) {
        this.server = server;
        this.scenario = scenario;
        this.random = new Random(seed);
        this.worker = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "provider"));
    }

    /** Starts one on a free port of this machine. */
    static Provider start(Scenario scenario, long seed) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else answers are held back for 40 ms
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Provider provider = new Provider(server, scenario, seed);
        server.setExecutor(provider::approach);
        server.createContext("/", provider::arrive);
        server.start();
        return provider;
    }

    /** What to call in the name of this account. */
    URI uri(String account) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + account);
    }

    /** What it has counted for this account. */
    Tally tally(String account) {
        return account(account).tally();
    }

    private void approach(Runnable call) {
        var unused = worker.schedule(call, scenario.delay().draw(random), TimeUnit.NANOSECONDS);
    }

    private void arrive(HttpExchange exchange) {
        Account account = account(exchange.getRequestURI().getPath().substring(1));
        long retryAfter = account.arrive(System.nanoTime());
        if (retryAfter == 0) {
            Duration answerTime = scenario.kind().answerTime(scenario.quota());
            var unused = worker.schedule(
                    () -> {
                        account.end();
                        answer(exchange, 200);
                    },
                    answerTime.toNanos(),
                    TimeUnit.NANOSECONDS);
        } else {
            long seconds = Duration.ofNanos(retryAfter).plusMillis(999).toSeconds();
            exchange.getResponseHeaders().set("Retry-After", Long.toString(Math.max(1, seconds)));
            answer(exchange, 429);
        }
    }

    private static void answer(HttpExchange exchange, int status) {
        try (exchange) {
            exchange.sendResponseHeaders(status, -1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Account account(String name) {
        return accounts.computeIfAbsent(
                name, unused -> new Account(scenario.kind().judge(scenario.quota())));
    }

    @Override
    public void close() {
        server.stop(0);
        worker.shutdownNow();
    }

    /** What the provider knows of an account. */
    private static final class Account {

        private final Judge judge;
        private final List<Long> accepted = new ArrayList<>();
        private final List<Long> arrived = new ArrayList<>();

        Account(Judge judge) {
            this.judge = judge;
        }

        synchronized long arrive(long now) {
            long retryAfter = judge.arrive(now);
            arrived.add(now);
            if (retryAfter == 0) {
                accepted.add(now);
            }
            return retryAfter;
        }

        synchronized void end() {
            judge.end();
        }

        synchronized Tally tally() {
            return new Tally(accepted, arrived);
        }
    }
}
