package io.github.reverseratelimiter.benchmarks.provider;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** One thread of one instance, which always has another call to make, refused or not. */
final class Caller {

    private final Provider provider;
    private final Limiting limiting;
    private final HttpClient http;
    private final List<Long> waits = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Caller(Provider provider, Limiting limiting, HttpClient http) {
        this.provider = provider;
        this.limiting = limiting;
        this.http = http;
    }

    /**
     * What it saw.
     *
     * @param waits of each call, from asking the limiter to being granted, in nanoseconds
     * @param failures all that went wrong, refusals apart
     */
    record Seen(List<Long> waits, List<String> failures) {}

    /** Makes so many calls, each in the name of another account, which no limit keeps from being made. */
    void warmUp(String account, int calls) throws InterruptedException, IOException {
        for (int i = 0; i < calls; i++) {
            call(account + "-" + i);
        }
        waits.clear();
    }

    /** Makes call after call until it is told to stop; the one it waits for is made yet, unless it is interrupted. */
    Seen run(String account, AtomicBoolean stopped) {
        while (!stopped.get() && failures.size() < 100) {
            try {
                call(account);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            } catch (IOException | RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
                failures.add(e.toString());
            }
        }
        return new Seen(List.copyOf(waits), List.copyOf(failures));
    }

    private void call(String account) throws InterruptedException, IOException {
        long asked = System.nanoTime();
        Limiting.Ended ended = limiting.acquire(account);
        long granted = System.nanoTime();
        HttpRequest request =
                HttpRequest.newBuilder(provider.uri(account)).GET().build();
        int status = 0;
        try {
            status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } finally {
            ended.ended(status, Duration.ofNanos(System.nanoTime() - granted));
        }
        waits.add(granted - asked);
    }
}
