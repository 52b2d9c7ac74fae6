package io.github.reverseratelimiter.sample.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The provider's HTTP server: {@code GET /repos/{account}} is answered with 200, or with 429 and {@code Retry-After} once
 * the account has spent its quota.
 */
public final class Provider implements AutoCloseable {

    /*
     * A call arrives when its first bytes can be read: the server's one selecting thread hands it on then, and that is
     * where its time is taken. All calls are decided by one worker, so in the order of their times. The time it takes to
     * answer comes after that.
     */
    private static final Pattern PATH = Pattern.compile("/repos/([\\w.-]{1,100})");

    private final HttpServer server;
    private final ScheduledExecutorService worker;
    private final TimeSource time;
    private final RateLimit quota;
    private final Duration answerTime;
    private final ConcurrentMap<String, SlidingWindow> windows = new ConcurrentHashMap<>();
    private long arrived;

    private Provider(HttpServer server, RateLimit quota, Duration answerTime, TimeSource time) {
        this.server = server;
        this.quota = quota;
        this.answerTime = answerTime;
        this.time = time;
        this.worker = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "provider"));
    }

    /**
     * Starts a provider on a free port of this machine that allows each account this quota.
     *
     * @param answerTime what it takes to answer a call, once it is counted
     */
    public static Provider start(RateLimit quota, Duration answerTime, TimeSource time) {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else answers are held back for 40 ms
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Provider provider = new Provider(server, quota, answerTime, time);
            server.setExecutor(provider::receive);
            server.createContext("/", provider::answer);
            server.start();
            return provider;
        } catch (IOException e) {
            throw new UncheckedIOException("the provider could not be started on a free port", e);
        }
    }

    /** Where it is to be called. */
    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** What it has counted for an account. */
    public Tally tally(String account) {
        return window(account).tally();
    }

    @Override
    public void close() {
        server.stop(0);
        worker.shutdownNow();
    }

    private void receive(Runnable call) {
        long now = time.nanoTime();
        worker.execute(() -> {
            arrived = now;
            call.run();
        });
    }

    private void answer(HttpExchange exchange) {
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        if (!path.matches()) {
            answer(exchange, 404, "{\"error\":\"there is only GET /repos/{account}\"}");
            return;
        }
        String account = path.group(1);
        SlidingWindow.Verdict verdict = window(account).arrive(arrived);
        if (verdict.accepted()) {
            answer(exchange, 200, "{\"account\":\"" + account + "\",\"remaining\":" + verdict.remaining() + "}");
        } else {
            long seconds = verdict.retryAfter().plusMillis(999).toSeconds();
            exchange.getResponseHeaders().set("Retry-After", String.valueOf(Math.max(1, seconds)));
            answer(exchange, 429, "{\"error\":\"" + account + " may make " + quota + " calls\"}");
        }
    }

    private SlidingWindow window(String account) {
        return windows.computeIfAbsent(account, unused -> new SlidingWindow(quota));
    }

    private void answer(HttpExchange exchange, int status, String json) {
        var unused = worker.schedule(
                () -> {
                    send(exchange, status, json);
                    return null;
                },
                answerTime.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
