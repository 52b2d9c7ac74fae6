package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.granted;
import static io.github.reverseratelimiter.Requests.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A limiter that learns its margin, from the end of a call to the request of the next one. */
class MarginLearningTest {

    private static final RateLimit FIVE = RateLimit.of(5, Duration.ofSeconds(1));
    private static final LimiterSettings GITHUB = new LimiterSettings(
                    "github", List.of(FIVE), millis(25), Waiting.upTo(Duration.ofSeconds(2)))
            .marginSource(MarginSource.LEARNT);

    private final Log log = new Log();
    private final ManualTime time = new ManualTime();
    private final ManualSleeper sleeper = new ManualSleeper(time);
    private final UnsteadyCreditStore store = new UnsteadyCreditStore(new InMemoryCreditStore(time));
    private final List<String> heard = new ArrayList<>();
    private final ReverseRateLimiterBuilder builder = ReverseRateLimiter.builder(store)
            .time(time, sleeper)
            .executor(Runnable::run)
            .listener(new RateLimiterListener() {
                @Override
                public void marginLearnt(String limiter, Duration margin) {
                    heard.add(limiter + " " + margin.toMillis());
                }

                @Override
                public void refusedDespiteMargin(String limiter, Duration margin) {
                    heard.add(limiter + " refused despite " + margin.toMillis());
                }
            });

    @AfterEach
    void stopListening() {
        log.close();
    }

    private List<String> lines(Level level) {
        return log.records.stream()
                .filter(each -> each.getLevel().equals(level))
                .map(LogRecord::getMessage)
                .toList();
    }

    private DefaultReverseRateLimiter limiter(LimiterSettings settings) {
        return (DefaultReverseRateLimiter) builder.limiter(settings).build();
    }

    private Duration margin(DefaultReverseRateLimiter limiter) {
        return limiter.named("github").request("acme").margin();
    }

    private void call(DefaultReverseRateLimiter limiter, Duration took, CallEnd end) {
        CreditRequest request = limiter.named("github").request("acme");
        Acquisition.Granted granted = granted(limiter.acquire(request));
        time.advance(took);
        limiter.complete(granted, end);
    }

    @Test
    void asksWithWhatWasLearnt() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            assertThat(margin(limiter)).isEqualTo(millis(25));

            call(limiter, millis(60), CallEnd.ANSWERED);

            assertThat(margin(limiter)).isBetween(millis(60), millis(66));
        }
    }

    @Test
    void learnsNothingWhereTheMarginIsStated() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB.marginSource(MarginSource.STATED))) {
            call(limiter, millis(60), CallEnd.REFUSED);

            assertThat(margin(limiter)).isEqualTo(millis(25));
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void learnsNoMoreWhenAMarginIsStated() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(60), CallEnd.ANSWERED);
            heard.clear();

            limiter.named("github").configure(GITHUB.marginSource(MarginSource.STATED));
            call(limiter, millis(90), CallEnd.REFUSED);

            assertThat(margin(limiter)).isEqualTo(millis(25));
            assertThat(heard).isEmpty();
        }
    }

    /** As an annotation does that states its own limit. */
    @Test
    void learnsForALimiterThatIsNotConfigured() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            NamedLimiter gitlab = new NamedLimiter(
                    limiter, new LimiterSettings("gitlab", GITHUB.plan(), Map.of()).marginSource(MarginSource.LEARNT));
            Acquisition.Granted granted = granted(gitlab.acquire("acme"));
            time.advance(millis(60));

            limiter.complete(granted, CallEnd.ANSWERED);

            assertThat(gitlab.plan("acme").margin()).isBetween(millis(60), millis(66));
            assertThat(margin(limiter)).isEqualTo(millis(25));
            assertThat(heard.get(heard.size() - 1)).startsWith("gitlab ");
        }
    }

    @Test
    void learnsForSomeCallsOfALimiterThatStatesItsMargin() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB.marginSource(MarginSource.STATED))) {
            NamedLimiter github = limiter.named("github");
            assertThat(github.plan("acme", MarginSource.LEARNT).margin()).isEqualTo(millis(25));

            call(limiter, millis(60), CallEnd.ANSWERED);

            assertThat(github.plan("acme", MarginSource.LEARNT).margin()).isBetween(millis(60), millis(66));
            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    /** The end of a call takes some trouble to find out: whether an exception was a refusal, for one. */
    @Test
    void isNotToldHowCallsEndThatTeachNothing() {
        AtomicInteger asked = new AtomicInteger();
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            Acquisition.Granted others = granted(limiter.acquire(CreditRequest.of("acme", FIVE)));
            Acquisition.Granted github = granted(limiter.named("github").acquire("acme"));
            for (Acquisition.Granted granted : List.of(others, github)) {
                limiter.completeWith(granted, () -> {
                    asked.incrementAndGet();
                    return CallEnd.ANSWERED;
                });
            }
        }
        assertThat(asked).hasValue(1);
    }

    /** What the call was made to wait for its credit is no part of its way. */
    @Test
    void countsFromTheTimeThatTheCreditWasGrantedFor() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            for (int call = 0; call < 8; call++) {
                call(limiter, millis(10), CallEnd.ANSWERED);
            }

            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    /** It gave the credit back and took another, so the call itself was in time. */
    @Test
    void learnsFromCallersThatWakeLate() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            for (int call = 0; call < 5; call++) {
                call(limiter, Duration.ZERO, CallEnd.ANSWERED);
            }
            sleeper.duringTheNextSleep(() -> time.advance(millis(70)));

            call(limiter, Duration.ZERO, CallEnd.ANSWERED);

            assertThat(margin(limiter)).isBetween(millis(70), millis(77));
        }
    }

    @Test
    void cutsTheMarginToTheWindowsOfAKey() {
        RateLimit quick = RateLimit.of(5, millis(30));
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB.key("quick", quick))) {
            call(limiter, millis(60), CallEnd.ANSWERED);

            assertThat(limiter.named("github").plan("quick").margin()).isEqualTo(millis(30));
        }
    }

    @Test
    void keepsWhatItLearntWhereOnlyTheLimitIsAnother() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(60), CallEnd.ANSWERED);
            limiter.named("github").configure(GITHUB.limits(RateLimit.of(50, FIVE.window())));

            assertThat(margin(limiter)).isBetween(millis(60), millis(66));
        }
    }

    @Test
    void beginsAnewWhereTheWindowIsAnother() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(60), CallEnd.ANSWERED);
            limiter.named("github").configure(GITHUB.limits(RateLimit.of(5, Duration.ofMinutes(1))));

            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    @Test
    void learnsNothingFromRefusalsWithinAWindowAfterAnOutage() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(10), CallEnd.ANSWERED);
            limiter.margins().storeChanged();

            call(limiter, millis(10), CallEnd.REFUSED);

            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    @Test
    void learnsFromRefusalsAWindowAfterAnOutage() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            limiter.margins().storeChanged();
            time.advance(FIVE.window());

            call(limiter, millis(10), CallEnd.REFUSED);

            assertThat(margin(limiter)).isGreaterThan(millis(25));
        }
    }

    @Test
    void hearsOfOutages() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            store.cut();
            CreditRequest request = limiter.named("github").request("acme");
            limiter.acquire(request);
            limiter.acquire(request);
            time.advance(Duration.ofSeconds(5));
            store.open();
            limiter.acquire(request);

            call(limiter, millis(10), CallEnd.REFUSED);

            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    @Test
    void learnsNothingFromCallsThatNobodyCounted() {
        builder.onStoreFailure(OnStoreFailure.ALLOW);
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            store.cut();

            call(limiter, millis(60), CallEnd.REFUSED);

            assertThat(margin(limiter)).isEqualTo(millis(25));
        }
    }

    @Test
    void tellsListenersOfEachMargin() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(60), CallEnd.ANSWERED);

            assertThat(heard).containsExactly("github 25", "github 60");
        }
    }

    @Test
    void logsAMarginThatHasDoubled() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            call(limiter, millis(30), CallEnd.ANSWERED);
            call(limiter, millis(60), CallEnd.ANSWERED);
            call(limiter, millis(200), CallEnd.ANSWERED);

            assertThat(lines(Level.INFO)).containsExactly("Limiter 'github': the learnt margin is 61ms; it was 25ms");
        }
    }

    @Test
    void warnsOfRefusalsThatNoMarginExplainsOnceAMinute() {
        try (DefaultReverseRateLimiter limiter = limiter(GITHUB)) {
            for (int call = 0; call < 30; call++) {
                call(limiter, millis(10), CallEnd.REFUSED);
            }

            assertThat(lines(Level.WARNING))
                    .containsExactly(
                            "Limiter 'github': the provider refused a call although the margin was 100ms, which"
                                    + " is as wide as it is learnt: see whether somebody else uses the account, or the provider"
                                    + " counts in another way; there is one such line a minute");
            assertThat(heard).contains("github refused despite 100");
        }
    }
}
