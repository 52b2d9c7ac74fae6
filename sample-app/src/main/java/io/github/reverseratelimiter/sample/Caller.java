package io.github.reverseratelimiter.sample;

import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimitExceededException;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.client.HttpClientErrorException;

/**
 * One thread of one instance that always has another call to make. It does as it is told: after a denial or a 429 it
 * comes back when the answer said, not before.
 */
final class Caller {

    /** With the pauses between them, 10 s. */
    private static final int MOST_FAILURES_TO_WARM_UP = 100;

    private static final Duration PAUSE_AFTER_A_FAILURE = Duration.ofMillis(100);

    private final int instance;
    private final Consumer<String> provider;
    private final String account;
    private final TimeSource time;
    private final CountDownLatch stop;
    private final List<Duration> waits = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int refused;
    private int denied;

    Caller(int instance, Consumer<String> provider, String account, TimeSource time, CountDownLatch stop) {
        this.instance = instance;
        this.provider = provider;
        this.account = account;
        this.time = time;
        this.stop = stop;
    }

    /**
     * Makes calls that do not count, each for an account of its own, so that everything has run once before. A JVM that
     * has just started on a busy machine may be too slow for some of them, and then takes Redis to be away for a while.
     */
    boolean warmUp(int calls, int number) throws InterruptedException {
        int failed = 0;
        for (int i = 0; i < calls && stop.getCount() > 0; i++) {
            try {
                provider.accept(account + "-warm-up-" + number + "-" + i);
            } catch (CreditStoreException | RateLimitExceededException e) {
                if (++failed == MOST_FAILURES_TO_WARM_UP) {
                    throw e;
                }
                var unused = stop.await(PAUSE_AFTER_A_FAILURE.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return true;
    }

    /** Makes calls until it is time to stop; a call that has begun is finished. */
    CallerTally run() throws InterruptedException {
        boolean stopped = false;
        while (!stopped) {
            stopped = stop.await(call().toNanos(), TimeUnit.NANOSECONDS);
        }
        return new CallerTally(instance, refused, denied, List.copyOf(waits), List.copyOf(failures));
    }

    /** Makes one call, and tells how long to stay away before the next. */
    private Duration call() {
        long asked = time.nanoTime();
        try {
            provider.accept(account);
            waits.add(Duration.ofNanos(time.nanoTime() - asked));
            return Duration.ZERO;
        } catch (HttpClientErrorException.TooManyRequests e) {
            waits.add(Duration.ofNanos(time.nanoTime() - asked));
            refused++;
            return retryAfter(e.getResponseHeaders());
        } catch (RateLimitExceededException e) {
            denied++;
            return e.retryAfter();
        } catch (RuntimeException e) {
            failures.add(e.toString());
            return PAUSE_AFTER_A_FAILURE;
        }
    }

    private static Duration retryAfter(@Nullable HttpHeaders headers) {
        String seconds = headers == null ? null : headers.getFirst(HttpHeaders.RETRY_AFTER);
        return Duration.ofSeconds(seconds == null ? 1 : Long.parseLong(seconds));
    }
}
