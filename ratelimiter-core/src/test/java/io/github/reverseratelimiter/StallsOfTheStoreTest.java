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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FAULTS row 55: three instances lose the store for a moment, which is no outage, before a provider that counts every
 * call; in virtual time.
 */
class StallsOfTheStoreTest {

    private static final int INSTANCES = 3;
    private static final int SHARE = 3;
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final RateLimit LIMIT = RateLimit.of(INSTANCES * SHARE, WINDOW);
    private static final CreditRequest CALL =
            CreditRequest.of("acme", LIMIT).margin(Duration.ZERO).limiter("github");
    private static final Duration STALL = millis(260);
    /** As docs/design.md says: a second apart, an interval and two timeouts. */
    private static final Duration ALL_KNOW = millis(2_000);

    private record Instance(int number, UnsteadyCreditStore way, ReverseRateLimiter limiter) {}

    /** A call that the provider saw. */
    private record Seen(long at, int instance, boolean alone) {}

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final List<Seen> seen = new ArrayList<>();
    private final List<String> outages = new ArrayList<>();
    private final List<Instance> instances = new ArrayList<>();

    StallsOfTheStoreTest() {
        InMemoryCreditStore store = new InMemoryCreditStore(time);
        for (int i = 0; i < INSTANCES; i++) {
            UnsteadyCreditStore way = new UnsteadyCreditStore(store);
            instances.add(new Instance(
                    i,
                    way,
                    ReverseRateLimiter.builder(way)
                            .time(time, sleeper)
                            .executor(Runnable::run)
                            .onStoreFailure(OnStoreFailure.LOCAL)
                            .localShare(new InMemoryCreditStore(time), INSTANCES)
                            .listener(new RateLimiterListener() {
                                @Override
                                public void storeWentAway(CreditStoreException cause) {
                                    outages.add(cause.getMessage());
                                }
                            })
                            .build()));
        }
    }

    private void ask(Instance instance, CreditRequest call) {
        var unused = instance.limiter().acquireAsync(call).whenComplete((answer, failure) -> {
            if (answer instanceof Acquisition.Granted granted) {
                boolean alone = granted.basis() instanceof Acquisition.Basis.Local;
                seen.add(new Seen(time.nanoTime(), instance.number(), alone));
            }
        });
    }

    private void ask(List<Instance> callers, int calls) {
        callers.forEach(each -> {
            for (int i = 0; i < calls; i++) {
                ask(each, CALL);
            }
        });
    }

    /** All calls of these are made while the store does not answer, once. */
    private void stall(List<Instance> callers, int calls) {
        callers.forEach(each -> each.way().block());
        ask(callers, calls);
        sleeper.pass(STALL);
        callers.forEach(each -> each.way().open());
    }

    private int most() {
        return BusiestWindow.of(seen.stream().map(Seen::at).toList(), WINDOW.toNanos());
    }

    @Test
    void oneStallOfAllInstancesIsOneLimitAndNoSecondOne() {
        stall(instances, 5);
        assertThat(seen).as("by the shares").hasSize(LIMIT.limit());

        for (int minute = 0; minute < 59; minute++) {
            ask(instances, 5);
            sleeper.pass(Duration.ofMinutes(1));
        }

        assertThat(outages).isEmpty();
        assertThat(seen).hasSize(LIMIT.limit());
    }

    @Test
    void whatWasGrantedAloneIsOutOfTheWindowInTheEndAndTheWholeLimitIsThereAgain() {
        stall(instances, 5);
        sleeper.pass(WINDOW.plus(ALL_KNOW));
        seen.clear();

        ask(instances.subList(0, 1), 20);

        assertThat(seen).hasSize(LIMIT.limit());
    }

    @Test
    void oneStallOfOneInstanceIsItsShareMoreAtMost() {
        List<Instance> stalled = instances.subList(0, 1);
        stall(stalled, 5);
        assertThat(seen).hasSize(SHARE);

        ask(stalled, 5);
        assertThat(seen).as("its share is all it has").hasSize(SHARE);
        for (int minute = 0; minute < 180; minute++) {
            ask(instances, 5);
            sleeper.pass(Duration.ofMinutes(1));
        }

        assertThat(outages).isEmpty();
        assertThat(most()).isEqualTo(LIMIT.limit() + SHARE);
    }

    @Test
    void howeverManyStallsAfterTheLimitWasUsedAreOneFurtherLimitAndNeverAThird() {
        ask(instances, 5);
        assertThat(seen).hasSize(LIMIT.limit());
        for (int minute = 0; minute < 240; minute++) {
            if (minute % 10 == 0) {
                stall(instances, 5);
            }
            ask(instances, 5);
            sleeper.pass(Duration.ofMinutes(1));
        }

        assertThat(outages).isEmpty();
        assertThat(most()).isEqualTo(2 * LIMIT.limit());
    }

    @Test
    void placesInTheLineAreKeptBesideTheSharesWhichIsOneFurtherLimitAtMost() {
        ask(instances, 5);
        for (int i = 0; i < 20; i++) {
            ask(instances.get(i % INSTANCES), CALL.maxWait(WINDOW));
        }
        sleeper.pass(WINDOW.minusMinutes(1));
        stall(instances, 5);
        assertThat(seen).hasSize(2 * LIMIT.limit());

        for (int minute = 0; minute < 120; minute++) {
            ask(instances, 1);
            sleeper.pass(Duration.ofMinutes(1));
        }

        assertThat(seen).as("and who stood in the line").hasSizeGreaterThanOrEqualTo(3 * LIMIT.limit());
        assertThat(most()).isEqualTo(2 * LIMIT.limit());
    }

    @Test
    void whoMadeNoCallInAnOutageUsesTheLimitBesideTheSharesOfTheOthersAtMost() {
        List<Instance> callers = instances.subList(1, INSTANCES);
        instances.forEach(each -> each.way().cut());
        ask(callers, 5);
        assertThat(outages).hasSize(callers.size());
        assertThat(seen).hasSize(SHARE * callers.size());
        sleeper.pass(millis(250));
        instances.forEach(each -> each.way().open());

        ask(callers, 20);
        assertThat(seen).as("by the shares").hasSize(SHARE * callers.size());
        ask(instances, 20);

        assertThat(seen).hasSize(LIMIT.limit() + SHARE * callers.size());
    }

    /** The share may spend all while an answer of the store is on its way. */
    @Test
    void anAnswerOfTheStoreThatComesAfterTheShareHasGrantedCountsAgainstTheShare() {
        ScriptedCreditStore store = new ScriptedCreditStore(time);
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(Runnable::run)
                .onStoreFailure(OnStoreFailure.LOCAL)
                .localShare(new InMemoryCreditStore(time), INSTANCES)
                .build();
        Instance instance = new Instance(0, instances.get(0).way(), limiter);
        List<CompletableFuture<CreditStore.Reply>> onTheirWay = new ArrayList<>();
        for (int i = 0; i < SHARE; i++) {
            onTheirWay.add(store.thenAnswersLater());
        }
        store.thenFailsWith(new CreditStoreException("connection lost"));
        ask(List.of(instance), SHARE + 1);
        assertThat(seen).as("by the share").hasSize(1);

        onTheirWay.forEach(each -> each.complete(store.taken(Duration.ZERO)));

        assertThat(seen).hasSize(SHARE);
        assertThat(store.refunds).hasSize(1);
    }

    @Test
    void aKeyThatTheShareGrantedNothingOfIsTheStoresAlone() {
        stall(instances, 5);
        seen.clear();

        for (int i = 0; i < 20; i++) {
            ask(instances.get(0), CreditRequest.of("other", LIMIT));
        }

        assertThat(seen).hasSize(LIMIT.limit());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void eachWindowHoldsTheLimitAndTheSharesOfThoseThatGrantedAloneInIt(long seed) {
        stallNowAndThen(new Random(seed));

        assertThat(windows()).allSatisfy(window -> {
            long alone = window.stream()
                    .filter(Seen::alone)
                    .map(Seen::instance)
                    .distinct()
                    .count();
            assertThat(window).hasSizeLessThanOrEqualTo((int) (LIMIT.limit() + SHARE * alone));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoGrantedAloneHasItsShareForAWindow(long seed) {
        stallNowAndThen(new Random(seed));

        assertThat(windows())
                .filteredOn(window -> window.get(0).alone())
                .hasSizeGreaterThan(10)
                .allSatisfy(window -> assertThat(window)
                        .filteredOn(each -> each.instance() == window.get(0).instance())
                        .hasSizeLessThanOrEqualTo(SHARE));
    }

    /** Ten hours, in which each instance stalls now and then, alone or with others. */
    private void stallNowAndThen(Random random) {
        while (time.nanoTime() < WINDOW.toNanos() * 10) {
            List<Instance> callers = new ArrayList<>(instances);
            callers.removeIf(each -> random.nextInt(3) == 0);
            if (random.nextInt(30) == 0) {
                stall(callers, 1 + random.nextInt(4));
                ask(callers, 1);
            }
            ask(callers, random.nextInt(3));
            sleeper.pass(Duration.ofSeconds(1 + random.nextInt(120)));
        }
        assertThat(outages).isEmpty();
    }

    /** One for each call, which begins with it. */
    private List<List<Seen>> windows() {
        List<List<Seen>> windows = new ArrayList<>();
        for (int first = 0; first < seen.size(); first++) {
            long end = seen.get(first).at() + WINDOW.toNanos();
            windows.add(seen.subList(first, seen.size()).stream()
                    .takeWhile(each -> each.at() < end)
                    .toList());
        }
        return windows;
    }
}
