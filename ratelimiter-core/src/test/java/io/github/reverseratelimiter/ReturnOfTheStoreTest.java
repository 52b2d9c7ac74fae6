package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three instances under load lose the store and get it back, each at a moment of its own, before a provider that counts
 * every call: all in virtual time, from a seed.
 */
class ReturnOfTheStoreTest {

    private static final int INSTANCES = 3;
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final RateLimit LIMIT = RateLimit.of(9, WINDOW);
    private static final Duration LONGEST_WAIT = millis(1_500);
    private static final Duration TICK = millis(10);

    /** One instance: its way to the store, and what it does with a credit. */
    private record Instance(UnsteadyCreditStore way, ReverseRateLimiter limiter) {}

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final List<Long> calls = new ArrayList<>();
    private final List<Instance> instances = new ArrayList<>();

    private void start() {
        InMemoryCreditStore store = new InMemoryCreditStore(time);
        for (int i = 0; i < INSTANCES; i++) {
            UnsteadyCreditStore way = new UnsteadyCreditStore(store);
            instances.add(new Instance(
                    way,
                    ReverseRateLimiter.builder(way)
                            .time(time, sleeper)
                            .executor(Runnable::run)
                            .onStoreFailure(OnStoreFailure.LOCAL)
                            .localShare(new InMemoryCreditStore(time), INSTANCES)
                            .build()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noWindowAfterTheReturnHoldsMoreThanTheLimit(long seed) {
        Random random = new Random(seed);
        start();
        run(random, Duration.ofSeconds(3));
        for (int outage = 0; outage < 4; outage++) {
            instances.forEach(each -> lose(each, random));
            // Longer than the line: whoever stood in it when the store went away keeps the credit it has.
            run(random, LONGEST_WAIT.plus(WINDOW).plus(millis(random.nextInt(3_000))));
            long back = time.nanoTime();
            // The connections come back one by one.
            List<Instance> later = new ArrayList<>(instances);
            while (!later.isEmpty()) {
                later.remove(random.nextInt(later.size())).way().open();
                run(random, millis(random.nextInt(500)));
            }
            run(random, Duration.ofSeconds(6));

            assertThat(mostInAWindow(back - WINDOW.toNanos(), time.nanoTime())).isLessThanOrEqualTo(LIMIT.limit());
            assertThat(callsBetween(time.nanoTime() - Duration.ofSeconds(2).toNanos(), time.nanoTime()))
                    .as("all of the limit is used again")
                    .isGreaterThanOrEqualTo(LIMIT.limit());
        }
    }

    private static void lose(Instance instance, Random random) {
        if (random.nextBoolean()) {
            instance.way().cut();
        } else {
            instance.way().block();
        }
    }

    /** Each tick, each instance begins a call or two, some of which may wait. */
    private void run(Random random, Duration duration) {
        for (long end = time.nanoTime() + duration.toNanos(); time.nanoTime() < end; sleeper.pass(TICK)) {
            for (Instance instance : instances) {
                CreditRequest call = CreditRequest.of("acme", LIMIT).margin(Duration.ZERO);
                ask(
                        instance,
                        random.nextInt(4) == 0
                                ? call.maxWait(millis(random.nextInt((int) LONGEST_WAIT.toMillis())))
                                : call);
                ask(instance, call);
            }
        }
    }

    private void ask(Instance instance, CreditRequest call) {
        var unused = instance.limiter().acquireAsync(call).whenComplete((answer, failure) -> {
            if (answer instanceof Acquisition.Granted) {
                calls.add(time.nanoTime());
            }
        });
    }

    private long callsBetween(long from, long to) {
        return calls.stream().filter(at -> at - from >= 0 && at - to < 0).count();
    }

    private long mostInAWindow(long from, long to) {
        return BusiestWindow.of(
                calls.stream().filter(at -> at - from >= 0 && at - to < 0).toList(), WINDOW.toNanos());
    }
}
