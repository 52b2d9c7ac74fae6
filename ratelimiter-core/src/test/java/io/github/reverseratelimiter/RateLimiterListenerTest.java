package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** What listeners hear, and that they disturb nobody. */
class RateLimiterListenerTest {

    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final ScriptedCreditStore store = new ScriptedCreditStore(time);
    private final Notes notes = new Notes("");
    private final ReverseRateLimiter limiter = with(notes);

    private ReverseRateLimiter with(RateLimiterListener... listeners) {
        ReverseRateLimiterBuilder builder = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .storeTimeout(millis(50))
                .executor(Runnable::run);
        for (RateLimiterListener listener : listeners) {
            builder.listener(listener);
        }
        return builder.build();
    }

    @Test
    void hearOfAGrantAndHowLongItTook() {
        store.thenGrantsIn(millis(300));

        limiter.acquire(within(SECOND));

        assertThat(notes.heard).containsExactly("github: granted after PT0.3S");
    }

    @Test
    void hearOfADenialAndWhy() {
        store.thenRefusesFor(SECOND);

        limiter.acquire(ONE);

        assertThat(notes.heard).containsExactly("github: denied, exhausted");
    }

    @Test
    void hearOnceOfARequestThatWasMadeSeveralTimes() {
        store.thenRefusesFor(millis(10)).thenRefusesFor(millis(10));

        limiter.acquire(ONE.retries(2));

        assertThat(notes.heard).containsExactly("github: granted after PT0.02S");
    }

    @Test
    void hearOfCallersWithoutAThreadToo() {
        store.thenGrantsIn(millis(300)).thenRefusesFor(SECOND);
        limiter.acquireAsync(within(SECOND));
        limiter.acquireAsync(ONE);

        sleeper.pass(millis(300));

        assertThat(notes.heard).containsExactly("github: denied, exhausted", "github: granted after PT0.3S");
    }

    @Test
    void hearBeforeTheCallerDoes() {
        store.thenGrantsIn(millis(300));
        var done = limiter.acquireAsync(within(SECOND)).thenAccept(answer -> notes.heard.add("the caller"));

        sleeper.pass(millis(300));

        assertThat(done).isCompleted();
        assertThat(notes.heard).containsExactly("github: granted after PT0.3S", "the caller");
    }

    @Test
    void hearWhyTheStoreDidNotDecideAndThePolicy() {
        store.thenFailsWith(new CreditStoreException("away")).thenFailsWith(new CreditStoreException("away"));

        limiter.acquire(ONE);
        limiter.acquireAsync(ONE);

        assertThat(notes.heard)
                .containsExactly(
                        "github: store failed, deny, away",
                        "github: denied, store-unavailable",
                        "github: store failed, deny, away",
                        "github: denied, store-unavailable");
    }

    @Test
    void hearOfAStoreThatFailedBeforeItGranted() {
        store.thenFailsWith(new CreditStoreException("away"));

        limiter.acquire(ONE.retries(1));

        assertThat(notes.heard).containsExactly("github: store failed, deny, away", "github: granted after PT0.05S");
    }

    @Test
    void hearThatTheStoreTookTooLong() {
        store.thenAnswersLater();
        CompletableFuture<Acquisition> future = limiter.acquireAsync(ONE);

        sleeper.pass(millis(50));

        assertThat(future).isCompleted();
        assertThat(notes.heard)
                .containsExactly(
                        "github: store failed, deny, the store did not answer within 50ms: look at its load and the network,"
                                + " or give it more time",
                        "github: denied, store-unavailable");
    }

    @Test
    void hearThatCreditsCameTooLateTimeAndAgain() {
        store.usually = call -> ScriptedCreditStore.done(store.taken(millis(10)));
        sleeper.oversleepsBy(SECOND);

        limiter.acquire(within(Duration.ofHours(1)));

        assertThat(notes.heard)
                .anySatisfy(heard -> assertThat(heard)
                        .startsWith(
                                "github: store failed, deny, credits came later than the margin allows, 101 times"));
    }

    @Test
    void hearOfAnInterruptedCaller() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(AcquireInterruptedException.class).isThrownBy(() -> limiter.acquire(ONE));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(notes.heard).containsExactly("github: abandoned, AcquireInterruptedException");
    }

    @Test
    void hearOfAStoreThatCannotBeUsed() {
        store.thenFailsWith(new CreditStoreMisconfiguredException("set up wrongly", new RuntimeException()));
        store.thenFailsWith(new CreditStoreMisconfiguredException("set up wrongly", new RuntimeException()));

        assertThatExceptionOfType(CreditStoreMisconfiguredException.class).isThrownBy(() -> limiter.acquire(ONE));
        assertThat(limiter.acquireAsync(ONE)).isCompletedExceptionally();

        assertThat(notes.heard)
                .containsExactly(
                        "github: abandoned, CreditStoreMisconfiguredException",
                        "github: abandoned, CreditStoreMisconfiguredException");
    }

    @Test
    void hearOfACallerThatWentAwayAndOfItsCredits() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future =
                limiter.acquireAsync(within(SECOND).credits(2));

        future.cancel(false);

        assertThat(notes.heard)
                .containsExactlyInAnyOrder("github: abandoned, CancellationException", "github: 2 refunded");
    }

    @Test
    void hearOnceOfACallerThatWentAwayWhileItsAnswerWasOnItsWay() {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter other = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(tasks::add)
                .listener(notes)
                .build();
        CompletableFuture<Reply> reply = store.thenAnswersLater();
        CompletableFuture<Acquisition> future = other.acquireAsync(ONE);
        reply.complete(store.taken(Duration.ZERO));

        future.cancel(false);
        List.copyOf(tasks).forEach(Runnable::run);

        assertThat(notes.heard).containsExactly("github: abandoned, CancellationException");
    }

    @Test
    void hearOfWaitersWhenTheLimiterIsClosed() {
        store.thenGrantsIn(millis(300));
        CompletableFuture<Acquisition> future = limiter.acquireAsync(within(SECOND));

        limiter.close();

        assertThat(future).isCompletedExceptionally();
        assertThat(notes.heard)
                .containsExactlyInAnyOrder("github: abandoned, IllegalStateException", "github: 1 refunded");
    }

    @Test
    void hearHowManyCreditsCameBack() {
        Granted three = granted(limiter.acquire(ONE.credits(3)));
        store.whenRefunded = refund -> ScriptedCreditStore.done(2);

        limiter.refund(three).join();

        assertThat(notes.heard).containsExactly("github: granted after PT0S", "github: 2 refunded");
    }

    @Test
    void hearNothingOfARefundThatBroughtNothing() {
        Granted one = granted(limiter.acquire(ONE));
        store.whenRefunded = refund -> ScriptedCreditStore.done(0);

        limiter.refund(one).join();

        assertThat(notes.heard).containsExactly("github: granted after PT0S");
    }

    /** The store's thread brings all replies: a listener that blocks must not hold it up. */
    @Test
    void hearOfARefundInTheExecutor() {
        List<Runnable> tasks = new ArrayList<>();
        ReverseRateLimiter other = ReverseRateLimiter.builder(store)
                .time(time, sleeper)
                .executor(tasks::add)
                .listener(notes)
                .build();
        other.refund(granted(other.acquire(ONE)));

        assertThat(notes.heard).containsExactly("github: granted after PT0S");
        tasks.forEach(Runnable::run);
        assertThat(notes.heard).contains("github: 1 refunded");
    }

    @Test
    void areToldInTheirOrder() {
        Notes all = new Notes("");
        RateLimiterListener first = new Notes("first ", all.heard);
        RateLimiterListener second = new Notes("second ", all.heard);

        with(first, second).acquire(ONE);

        assertThat(all.heard).containsExactly("first github: granted after PT0S", "second github: granted after PT0S");
    }

    @Test
    void breakNoCallAndNoOtherListener() {
        RateLimiterListener broken = new RateLimiterListener() {
            @Override
            public void granted(CreditRequest request, Granted granted) {
                throw new IllegalStateException("a bug");
            }
        };

        try (Log log = new Log()) {
            assertThat(with(broken, notes).acquire(ONE)).isInstanceOf(Granted.class);
            assertThat(log.records).hasSize(1);
        }

        assertThat(notes.heard).containsExactly("github: granted after PT0S");
    }

    /** A function that calls itself for ever, or Kotlin's TODO(). */
    @Test
    void breakNoCallAndNoOtherListenerWithAnErrorEither() {
        CompletableFuture<Reply> reply = store.thenGrantsIn(Duration.ZERO).thenAnswersLater();
        RateLimiterListener broken = new RateLimiterListener() {
            @Override
            public void granted(CreditRequest request, Granted granted) {
                throw new StackOverflowError();
            }
        };
        ReverseRateLimiter other = with(broken, notes);

        try (Log log = new Log()) {
            assertThat(other.acquire(ONE)).isInstanceOf(Granted.class);
            CompletableFuture<Acquisition> caller = other.acquireAsync(ONE);
            reply.complete(store.taken(Duration.ZERO));

            assertThat(caller).isCompletedWithValueMatching(Granted.class::isInstance);
            assertThat(log.records).hasSize(2);
        }

        assertThat(notes.heard).containsExactly("github: granted after PT0S", "github: granted after PT0S");
    }

    @Test
    void areWarnedAboutOnceEach() {
        RateLimiterListener broken = new RateLimiterListener() {
            @Override
            public void granted(CreditRequest request, Granted granted) {
                throw new AssertionError("a bug");
            }
        };
        ReverseRateLimiter other = with(broken, notes);

        try (Log log = new Log()) {
            for (int i = 0; i < 3; i++) {
                other.acquire(ONE);
            }

            assertThat(log.records)
                    .extracting(LogRecord::getLevel)
                    .containsExactly(Level.WARNING, Level.FINE, Level.FINE);
            assertThat(log.records.get(0).getMessage())
                    .contains(broken.getClass().getName());
        }
    }

    @Test
    void costNothingWhereThereAreNone() {
        Listeners none = new Listeners(List.of(), Runnable::run, bundle -> OnStoreFailure.DENY);
        Bundle bundle = Bundle.of(ONE);
        Granted granted = granted(limiter.acquire(ONE));
        CompletableFuture<Integer> refund = CompletableFuture.completedFuture(1);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        for (int i = 0; i < 1_000; i++) {
            none.answered(bundle, granted, null);
        }

        int done = 0;
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 10_000; i++) {
            none.answered(bundle, granted, null);
            done += none.refunding(ACME, refund).isDone() ? 1 : 0;
        }
        long after = threads.getThreadAllocatedBytes(self);

        assertThat(done).isEqualTo(10_000);
        assertThat(after - before).isLessThan(10_000);
    }

    @Test
    void hearOfEachRequestThatIsMadeTogetherWithOthersAndOfTheOneThatWasDenied() {
        CreditRequest wide = new CreditRequest(
                new CreditKey("github", "acme"), List.of(RateLimit.of(5, SECOND)), millis(25), 1, Waiting.none());
        CreditRequest narrow = new CreditRequest(
                new CreditKey("everybody", "all"), List.of(RateLimit.of(1, SECOND)), millis(25), 1, Waiting.none());
        ReverseRateLimiter counting = ReverseRateLimiter.builder(new InMemoryCreditStore())
                .listener(notes)
                .build();

        counting.acquireAll(List.of(wide, narrow));
        counting.acquireAllAsync(List.of(wide, narrow)).join();

        assertThat(notes.heard)
                .hasSize(3)
                .satisfies(
                        heard -> assertThat(heard.get(0)).startsWith("github: granted"),
                        heard -> assertThat(heard.get(1)).startsWith("everybody: granted"),
                        heard -> assertThat(heard.get(2)).isEqualTo("everybody: denied, exhausted"));
    }

    @Test
    void mayAskTheLimiterThemselves() {
        AtomicReference<ReverseRateLimiter> self = new AtomicReference<>();
        RateLimiterListener curious = new RateLimiterListener() {
            @Override
            public void denied(CreditRequest request, Denied denied) {
                notes.heard.add("asked: "
                        + self.get()
                                .tryAcquire("another", RateLimit.of(5, SECOND))
                                .remaining());
            }
        };
        self.set(ReverseRateLimiter.builder(new InMemoryCreditStore())
                .listener(curious)
                .build());

        CreditRequest two = CreditRequest.of("acme", RateLimit.of(1, Duration.ofHours(1)));
        self.get().acquire(two);
        self.get().acquireAsync(two).join();

        assertThat(notes.heard).containsExactly("asked: 4");
    }

    /** Writes down what it hears. */
    private static final class Notes implements RateLimiterListener {

        final List<String> heard;
        private final String name;

        Notes(String name) {
            this(name, new ArrayList<>());
        }

        Notes(String name, List<String> heard) {
            this.name = name;
            this.heard = heard;
        }

        private void note(CreditKey key, String what) {
            heard.add(name + key.limiter() + ": " + what);
        }

        @Override
        public void granted(CreditRequest request, Granted granted) {
            note(request.key(), "granted after " + granted.waited());
        }

        @Override
        public void denied(CreditRequest request, Denied denied) {
            note(request.key(), "denied, " + denied.reason());
        }

        @Override
        public void abandoned(CreditRequest request, Throwable failure) {
            note(request.key(), "abandoned, " + failure.getClass().getSimpleName());
        }

        @Override
        public void storeFailed(CreditRequest request, CreditStoreException cause, OnStoreFailure policy) {
            note(request.key(), "store failed, " + policy + ", " + cause.getMessage());
        }

        @Override
        public void refunded(CreditKey key, int credits) {
            note(key, credits + " refunded");
        }
    }
}
