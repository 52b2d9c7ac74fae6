package io.github.reverseratelimiter.benchmarks.provider;

import io.github.reverseratelimiter.RateLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * How a provider counts. Each knows the best that a limiter could do there: the shortest time in which it can make as many calls
 * as the limit, again and again, none of them refused whatever delays happen within their spread. The proofs are in {@code
 * docs/at-the-provider.md}.
 */
enum Kind {

    /** Any window, wherever it begins. */
    SLIDING_WINDOW("sliding window") {
        @Override
        Judge judge(RateLimit quota) {
            return new SlidingWindow(quota);
        }

        @Override
        Duration best(RateLimit quota, Delay delay) {
            return quota.window().plus(delay.spread());
        }
    },

    /** Windows that begin when the wall clock says so; the best limiter knows when. */
    FIXED_WINDOW("fixed window") {
        @Override
        Judge judge(RateLimit quota) {
            Instant now = Clock.systemUTC().instant();
            long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
            return new FixedWindow(quota, nanos - System.nanoTime());
        }

        @Override
        Duration best(RateLimit quota, Delay delay) {
            long touched = delay.spread().dividedBy(quota.window()) + 1;
            return quota.window().multipliedBy(touched);
        }
    },

    /** A bucket that holds the limit. */
    TOKEN_BUCKET("token bucket") {
        @Override
        Judge judge(RateLimit quota) {
            return new TokenBucket(quota);
        }

        @Override
        Duration best(RateLimit quota, Delay delay) {
            Duration burst = delay.spread().plus(quota.window().dividedBy(quota.limit()));
            return burst.compareTo(quota.window()) > 0 ? burst : quota.window();
        }
    },

    /**
     * So many calls at once, each answered after a window. The better of two simple limiters: one that knows how long a call takes
     * at most, and one that hears of its end.
     */
    CONCURRENCY("at once") {
        @Override
        Judge judge(RateLimit quota) {
            return new InFlight(quota);
        }

        @Override
        Duration best(RateLimit quota, Delay delay) {
            Duration unheard = delay.spread();
            Duration heard = delay.mean();
            return quota.window().plus(heard.compareTo(unheard) < 0 ? heard : unheard);
        }

        @Override
        Duration answerTime(RateLimit quota) {
            return quota.window();
        }
    };

    private static final Duration ANSWER_TIME = Duration.ofMillis(10);

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    /** Decides for one account, of which it has seen nothing yet. */
    abstract Judge judge(RateLimit quota);

    /** The shortest time in which as many calls as the limit can be made. */
    abstract Duration best(RateLimit quota, Delay delay);

    /** What an accepted call takes from its arrival to its answer. */
    Duration answerTime(RateLimit quota) {
        return ANSWER_TIME;
    }

    @Override
    public String toString() {
        return title;
    }
}
