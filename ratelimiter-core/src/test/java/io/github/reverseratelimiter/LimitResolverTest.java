package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** Limits that live elsewhere. */
class LimitResolverTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final RateLimit SEVEN = RateLimit.of(7, Duration.ofSeconds(1));
    private static final RateLimit FIFTY = RateLimit.of(50, Duration.ofSeconds(1));
    private static final Waiting SECOND = Waiting.upTo(Duration.ofSeconds(1));
    private static final LimiterSettings GITHUB =
            new LimiterSettings("github", List.of(FIVE), Duration.ofMillis(20), SECOND).key("enterprise", FIFTY);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger asked = new AtomicInteger();
    private Optional<List<RateLimit>> answer = Optional.of(List.of(SEVEN));

    private Optional<List<RateLimit>> limits(CreditKey key) {
        asked.incrementAndGet();
        return answer;
    }

    private NamedLimiter github(LimitResolver resolver) {
        return builder().limitResolver(resolver).build().named("github");
    }

    private ReverseRateLimiterBuilder builder() {
        return ReverseRateLimiter.builder(new InMemoryCreditStore())
                .time(time, new ManualSleeper(time))
                .limiter(GITHUB);
    }

    @Test
    void goBeforeThoseThatAreConfigured() {
        NamedLimiter github = github(this::limits);

        assertThat(github.request("acme").limits()).containsExactly(SEVEN);
        assertThat(github.request("enterprise").limits()).containsExactly(SEVEN);
    }

    @Test
    void giveWayToThoseThatAreConfiguredWhereThereAreNone() {
        answer = Optional.empty();
        NamedLimiter github = github(this::limits);

        assertThat(github.request("acme").limits()).containsExactly(FIVE);
        assertThat(github.request("enterprise").limits()).containsExactly(FIFTY);
    }

    @Test
    void leaveMarginAndWaitingAsTheyAreConfigured() {
        CreditRequest request = github(this::limits).request("acme");

        assertThat(request.margin()).isEqualTo(Duration.ofMillis(20));
        assertThat(request.waiting()).isEqualTo(SECOND);
    }

    @Test
    void cutTheMarginToAWindowThatIsShorter() {
        answer = Optional.of(List.of(RateLimit.of(1, Duration.ofMillis(5))));

        assertThat(github(this::limits).request("acme").margin()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void areAskedForWithLimiterAndKey() {
        AtomicReference<CreditKey> key = new AtomicReference<>();

        github(asked -> {
                    key.set(asked);
                    return Optional.empty();
                })
                .request("acme");

        assertThat(key).hasValue(new CreditKey("github", "acme"));
    }

    @Test
    void areAskedForOncePerKeyAndCacheTime() {
        NamedLimiter github = github(this::limits);
        for (int i = 0; i < 10; i++) {
            github.request("acme");
            github.request("other");
        }
        assertThat(asked).hasValue(2);

        time.advance(Duration.ofSeconds(10));
        github.request("acme");

        assertThat(asked).hasValue(3);
    }

    @Test
    void countFromTheNextCallOnAfterTheCacheTime() {
        NamedLimiter github = github(this::limits);
        github.request("acme");
        answer = Optional.of(List.of(FIFTY));

        assertThat(github.request("acme").limits()).containsExactly(SEVEN);
        time.advance(Duration.ofSeconds(10));
        assertThat(github.request("acme").limits()).containsExactly(FIFTY);
    }

    @Test
    void areAskedForAtEachCallWithoutACache() {
        NamedLimiter github = builder()
                .limitResolver(this::limits)
                .limitsCache(Duration.ZERO)
                .build()
                .named("github");

        github.request("acme");
        github.request("acme");

        assertThat(asked).hasValue(2);
    }

    @Test
    void areJoinedWithWhatIsConfiguredAnew() {
        NamedLimiter github = github(this::limits);
        github.request("acme");

        github.configure(GITHUB.plan(GITHUB.plan().waiting(Waiting.none())));

        assertThat(github.request("acme").limits()).containsExactly(SEVEN);
        assertThat(github.request("acme").waiting()).isEqualTo(Waiting.none());
        assertThat(asked).hasValue(1);
    }

    @Test
    void areTheConfiguredOnesWhereTheyCannotBeToldYet() {
        try (Log log = new Log()) {
            NamedLimiter github = github(key -> {
                throw new IllegalStateException("no database");
            });

            assertThat(github.request("acme").limits()).containsExactly(FIVE);
            assertThat(log.records).hasSize(1);
        }
    }

    @Test
    void areThoseKnownLastWhereTheyCannotBeToldAnyMore() {
        NamedLimiter github = github(this::failingAtTheSecondTime);
        github.request("acme");
        time.advance(Duration.ofSeconds(10));

        try (Log log = new Log()) {
            assertThat(github.request("acme").limits()).containsExactly(SEVEN);
            assertThat(log.records).hasSize(1);
        }
    }

    private Optional<List<RateLimit>> failingAtTheSecondTime(CreditKey key) {
        if (asked.get() == 1) {
            throw new IllegalStateException("no database");
        }
        return limits(key);
    }

    @Test
    void areNotAskedForAgainAtOnceAfterAFailure() {
        NamedLimiter github = github(key -> {
            asked.incrementAndGet();
            throw new IllegalStateException("no database");
        });

        try (Log log = new Log()) {
            github.request("acme");
            github.request("acme");
            assertThat(log.records).hasSize(1);
        }

        assertThat(asked).hasValue(1);
    }

    /** As from Kotlin, where nothing needs to be declared. */
    @Test
    void areTheConfiguredOnesWhereACheckedExceptionIsThrown() {
        try (Log log = new Log()) {
            assertThat(github(key -> undeclared(new SQLException("no database")))
                            .request("acme")
                            .limits())
                    .containsExactly(FIVE);
            assertThat(log.records).hasSize(1);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T, E extends Exception> T undeclared(Exception failure) throws E {
        throw (E) failure;
    }

    @Test
    void areKeptAsTheyWereTold() {
        List<RateLimit> told = new ArrayList<>(List.of(SEVEN));
        answer = Optional.of(told);
        NamedLimiter github = github(this::limits);
        github.request("acme");

        told.clear();
        github.configure(GITHUB.plan(GITHUB.plan().waiting(Waiting.none())));

        assertThat(github.request("acme").limits()).containsExactly(SEVEN);
    }

    @Test
    void thatContradictEachOtherAreNotUsed() {
        answer = Optional.of(List.of(FIVE, SEVEN));

        try (Log log = new Log()) {
            assertThat(github(this::limits).request("acme").limits()).containsExactly(FIVE);
            assertThat(log.records.get(0).getThrown()).hasMessageContaining("two limits have the same window");
        }
    }

    @Test
    void mayNotBeNull() {
        answer = Requests.nothing();

        try (Log log = new Log()) {
            assertThat(github(this::limits).request("acme").limits()).containsExactly(FIVE);
            assertThat(log.records.get(0).getThrown()).hasMessageContaining("return Optional.empty()");
        }
    }

    @Test
    void areWarnedAboutOnceAMinuteWithoutTheKey() {
        NamedLimiter github = github(key -> {
            throw new IllegalStateException("no database");
        });

        try (Log log = new Log()) {
            for (int i = 0; i < 13; i++) {
                github.request("acme" + i);
                time.advance(Duration.ofSeconds(5));
            }

            assertThat(log.records.stream().filter(each -> Level.WARNING.equals(each.getLevel())))
                    .hasSize(2);
            assertThat(log.records)
                    .allSatisfy(each -> assertThat(each.getMessage())
                            .contains("Limiter 'github'")
                            .doesNotContain("acme"));
        }
    }

    @Test
    void areKeptForSoManyKeysOnly() {
        ResolvedPlans plans = new ResolvedPlans("github", this::limits, Duration.ofSeconds(10), time);
        for (int i = 0; i < 3 * ResolvedPlans.MOST_KEYS; i++) {
            plans.plan("key " + i, GITHUB.plan());
        }

        assertThat(plans.size()).isLessThanOrEqualTo(ResolvedPlans.MOST_KEYS);
    }

    @Test
    void areForgottenFirstWhereTheirTimeIsUp() {
        ResolvedPlans plans = new ResolvedPlans("github", this::limits, Duration.ofSeconds(10), time);
        for (int i = 0; i < ResolvedPlans.MOST_KEYS; i++) {
            plans.plan("old " + i, GITHUB.plan());
        }
        time.advance(Duration.ofSeconds(10));

        plans.plan("new", GITHUB.plan());

        assertThat(plans.size()).isEqualTo(1);
    }

    @Test
    void areAskedForByOneCallerWhileTheOthersGoOn() throws InterruptedException {
        CountDownLatch hold = new CountDownLatch(1);
        NamedLimiter github = github(key -> {
            if (asked.incrementAndGet() == 2) {
                awaitLatch(hold);
                return Optional.of(List.of(FIFTY));
            }
            return Optional.of(List.of(SEVEN));
        });
        github.request("acme");
        time.advance(Duration.ofSeconds(10));
        CompletableFuture<CreditRequest> slow = new CompletableFuture<>();
        Thread thread = new Thread(() -> slow.complete(github.request("acme")));
        thread.start();
        await().until(() -> asked.get() == 2);

        assertThat(github.request("acme").limits()).containsExactly(SEVEN);
        hold.countDown();

        assertThat(slow.join().limits()).containsExactly(FIFTY);
        assertThat(github.request("acme").limits()).containsExactly(FIFTY);
        thread.join();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void mayBeFetchedByACallThatIsLimitedItself() {
        AtomicReference<NamedLimiter> self = new AtomicReference<>();
        List<List<RateLimit>> inside = new ArrayList<>();
        self.set(github(key -> {
            inside.add(self.get().request("acme").limits());
            return Optional.of(List.of(SEVEN));
        }));

        assertThat(self.get().request("acme").limits()).containsExactly(SEVEN);
        assertThat(inside).containsExactly(List.of(FIVE));
    }

    @Test
    void mayBeFetchedByACallThatIsLimitedItselfWithoutACacheToo() {
        AtomicReference<NamedLimiter> self = new AtomicReference<>();
        List<List<RateLimit>> inside = new ArrayList<>();
        self.set(builder()
                .limitResolver(key -> {
                    inside.add(self.get().request("acme").limits());
                    return Optional.of(List.of(SEVEN));
                })
                .limitsCache(Duration.ZERO)
                .build()
                .named("github"));

        assertThat(self.get().request("acme").limits()).containsExactly(SEVEN);
        assertThat(inside).containsExactly(List.of(FIVE));
    }

    /** Each asks for the limits of the key that the other is asking for just now. */
    @Test
    void mayBeFetchedByCallsThatAreLimitedUnderEachOthersKeys() {
        AtomicReference<NamedLimiter> self = new AtomicReference<>();
        CyclicBarrier both = new CyclicBarrier(2);
        self.set(github(key -> {
            meet(both);
            self.get().request(key.value().equals("acme") ? "other" : "acme");
            return Optional.of(List.of(SEVEN));
        }));

        CompletableFuture<CreditRequest> one = inAThread(() -> self.get().request("acme"));
        CompletableFuture<CreditRequest> other = inAThread(() -> self.get().request("other"));

        assertThat(one).succeedsWithin(Duration.ofSeconds(5));
        assertThat(other).succeedsWithin(Duration.ofSeconds(5));
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> CompletableFuture<T> inAThread(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> result.complete(task.get()));
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @Test
    void areNotAskedForABlankKey() {
        NamedLimiter github = github(this::limits);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> github.request(" "))
                .withMessageContaining("key must not be blank (limiter 'github')");
        assertThat(asked).hasValue(0);
    }

    @Test
    void refuseANegativeCacheTime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().limitsCache(Duration.ofMillis(-1)))
                .withMessage("limits-cache must not be negative but was -1ms: give 0s or more");
    }
}
