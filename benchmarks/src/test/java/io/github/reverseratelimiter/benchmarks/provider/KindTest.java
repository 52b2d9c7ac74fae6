package io.github.reverseratelimiter.benchmarks.provider;

import static io.github.reverseratelimiter.benchmarks.provider.Kind.CONCURRENCY;
import static io.github.reverseratelimiter.benchmarks.provider.Kind.FIXED_WINDOW;
import static io.github.reverseratelimiter.benchmarks.provider.Kind.SLIDING_WINDOW;
import static io.github.reverseratelimiter.benchmarks.provider.Kind.TOKEN_BUCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** What is called the best possible: it is reached without a refusal whatever the delays are, and not surpassed. */
class KindTest {

    private static final int CALLS = 6_000;
    private static final RateLimit QUOTA = RateLimit.of(5, Duration.ofSeconds(1));
    private static final RateLimit AT_ONCE = RateLimit.of(5, Duration.ofMillis(100));
    private static final Delay SOME = Delay.uniform(20, 120);
    private static final Delay LONGER_THAN_THE_WINDOW = Delay.uniform(0, 1_500);

    @Test
    void aSlidingWindowNeedsTheSpreadBesideTheWindow() {
        assertThat(SLIDING_WINDOW.best(QUOTA, SOME)).isEqualTo(Duration.ofMillis(1_100));
        assertThat(SLIDING_WINDOW.best(QUOTA, Delay.NONE)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFixedWindowLosesOnlyTheWindowsThatACallMayMiss() {
        assertThat(FIXED_WINDOW.best(QUOTA, SOME)).isEqualTo(Duration.ofSeconds(1));
        assertThat(FIXED_WINDOW.best(QUOTA, LONGER_THAN_THE_WINDOW)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aTokenBucketLosesNothingAsLongAsItHoldsWhatComesTogether() {
        assertThat(TOKEN_BUCKET.best(QUOTA, SOME)).isEqualTo(Duration.ofSeconds(1));
        assertThat(TOKEN_BUCKET.best(QUOTA, LONGER_THAN_THE_WINDOW)).isEqualTo(Duration.ofMillis(1_700));
    }

    @Test
    void callsAtOnceFollowEachOtherWhenTheEndIsHeardOrCertain() {
        assertThat(CONCURRENCY.best(AT_ONCE, SOME)).isEqualTo(Duration.ofMillis(170));
        assertThat(CONCURRENCY.best(AT_ONCE, Delay.uniform(100, 150))).isEqualTo(Duration.ofMillis(150));
    }

    @Test
    void nothingIsRefusedAtTheBestPossiblePace() {
        for (int seed = 0; seed < 20; seed++) {
            for (Delay delay : List.of(Delay.NONE, SOME, Delay.HEAVY_TAIL, LONGER_THAN_THE_WINDOW)) {
                IntToLongFunction delays = delays(delay, seed);
                // who knows when a window begins also sends so early that the fastest call just meets it
                IntToLongFunction early =
                        i -> delays.applyAsLong(i) - delay.least().toNanos();
                assertThat(refused(SLIDING_WINDOW, QUOTA, bursts(SLIDING_WINDOW.best(QUOTA, delay)), delays))
                        .as("sliding window, %s, %d", delay, seed)
                        .isZero();
                assertThat(refused(FIXED_WINDOW, QUOTA, bursts(FIXED_WINDOW.best(QUOTA, delay)), early))
                        .as("fixed window, %s, %d", delay, seed)
                        .isZero();
                assertThat(refused(TOKEN_BUCKET, QUOTA, evenly(TOKEN_BUCKET.best(QUOTA, delay)), delays))
                        .as("token bucket, %s, %d", delay, seed)
                        .isZero();
            }
            Delay certain = Delay.uniform(100, 150);
            assertThat(refused(CONCURRENCY, AT_ONCE, bursts(CONCURRENCY.best(AT_ONCE, certain)), delays(certain, seed)))
                    .as("at once, %d", seed)
                    .isZero();
        }
    }

    @Test
    void somethingIsRefusedAtAnyFasterPace() {
        Duration step = Duration.ofMillis(1);
        assertThat(refused(
                        SLIDING_WINDOW,
                        QUOTA,
                        bursts(SLIDING_WINDOW.best(QUOTA, SOME).minus(step)),
                        lateAndEarly(SOME)))
                .isPositive();
        assertThat(refused(
                        FIXED_WINDOW,
                        QUOTA,
                        bursts(FIXED_WINDOW.best(QUOTA, SOME).minus(step)),
                        i -> 0))
                .isPositive();
        assertThat(refused(
                        TOKEN_BUCKET,
                        QUOTA,
                        evenly(TOKEN_BUCKET.best(QUOTA, SOME).minus(step)),
                        i -> 0))
                .isPositive();
        Delay certain = Delay.uniform(100, 150);
        assertThat(refused(
                        CONCURRENCY,
                        AT_ONCE,
                        bursts(CONCURRENCY.best(AT_ONCE, certain).minus(step)),
                        lateAndEarly(certain)))
                .isPositive();
    }

    @Test
    void callsThatComeTogetherOverflowATokenBucketAtAnyFasterPace() {
        Duration pace = TOKEN_BUCKET.best(QUOTA, LONGER_THAN_THE_WINDOW).minusMillis(10);
        long together = evenly(pace).applyAsLong(QUOTA.limit());
        long longest = LONGER_THAN_THE_WINDOW.spread().toNanos();
        IntToLongFunction delays =
                i -> Math.max(0, Math.min(longest, together - evenly(pace).applyAsLong(i)));
        assertThat(refused(TOKEN_BUCKET, QUOTA, evenly(pace), delays)).isPositive();
    }

    /** All of a limit at once, every so often. */
    private static IntToLongFunction bursts(Duration period) {
        return i -> i / QUOTA.limit() * period.toNanos();
    }

    /** One by one. */
    private static IntToLongFunction evenly(Duration period) {
        return i -> i * period.toNanos() / QUOTA.limit();
    }

    /** Delays as they come, or, half of the time, one of the extremes. */
    private static IntToLongFunction delays(Delay delay, int seed) {
        Random random = new Random(seed);
        return i -> random.nextBoolean() ? delay.draw(random) : extreme(delay, random.nextBoolean());
    }

    /** One burst as late as it can be, the next one as early. */
    private static IntToLongFunction lateAndEarly(Delay delay) {
        return i -> extreme(delay, i / QUOTA.limit() % 2 == 0);
    }

    private static long extreme(Delay delay, boolean late) {
        return Math.round(delay.quantile().applyAsDouble(late ? 1 : 0));
    }

    private record Event(long at, boolean end) {}

    private static int refused(Kind kind, RateLimit quota, IntToLongFunction grants, IntToLongFunction delays) {
        Judge judge = kind == FIXED_WINDOW ? new FixedWindow(quota, 0) : kind.judge(quota);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            long arrives = grants.applyAsLong(i) + delays.applyAsLong(i);
            events.add(new Event(arrives, false));
            if (kind == CONCURRENCY) {
                events.add(new Event(arrives + quota.window().toNanos(), true));
            }
        }
        events.sort(Comparator.comparingLong(Event::at).thenComparing(event -> !event.end()));
        int refused = 0;
        for (Event event : events) {
            if (event.end()) {
                judge.end();
            } else if (judge.arrive(event.at()) > 0) {
                refused++;
            }
        }
        return refused;
    }
}
