package io.github.reverseratelimiter;

import static io.github.reverseratelimiter.Requests.ACME;
import static io.github.reverseratelimiter.Requests.FIVE;
import static io.github.reverseratelimiter.Requests.ONE;
import static io.github.reverseratelimiter.Requests.SECOND;
import static io.github.reverseratelimiter.Requests.millis;
import static io.github.reverseratelimiter.Requests.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.reverseratelimiter.time.ManualSleeper;
import io.github.reverseratelimiter.time.ManualTime;
import io.github.reverseratelimiter.time.Sleeper;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how an error speaks of it: the limiter, the value, the remedy; and nothing is asked of the store. */
class BadInputTest {

    private static final Duration HUGE = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration HUGELY_NEGATIVE = Duration.ofSeconds(Long.MIN_VALUE);
    private static final Duration CENTURIES = Duration.ofDays(300 * 365);

    private static final ManualTime TIME = new ManualTime();
    private static final ScriptedCreditStore STORE = new ScriptedCreditStore(TIME);
    private static final ReverseRateLimiter LIMITER = builder()
            .limiter(new LimiterSettings("github", List.of(FIVE), millis(20), Waiting.none()))
            .build();

    private static ReverseRateLimiterBuilder builder() {
        return ReverseRateLimiter.builder(STORE).time(TIME, new ManualSleeper(TIME));
    }

    @AfterEach
    void nothingWasAskedOfTheStore() {
        assertThat(STORE.calls).isEmpty();
        assertThat(STORE.refunds).isEmpty();
    }

    private static Arguments refused(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"keys", "limits", "credits", "margins", "durations", "waits", "flows", "leases", "settings", "others"
    })
    void isRefusedInWordsThatHelp(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    static Stream<Arguments> keys() {
        String remedy = ": give the account in whose name the call is made";
        return Stream.of(
                refused("key must not be null" + remedy, () -> LIMITER.tryAcquire(nothing(), FIVE)),
                refused("key must not be empty" + remedy, () -> LIMITER.tryAcquire("", FIVE)),
                refused("key must not be blank" + remedy, () -> LIMITER.acquire(" \t\r\n\u2003", FIVE, SECOND)),
                refused("key must not be null (limiter 'github')" + remedy, () -> new CreditKey("github", nothing())),
                refused(
                        "key must not be empty (limiter 'github')" + remedy,
                        () -> LIMITER.named("github").tryAcquire("")),
                refused(
                        "key must not be blank (limiter 'github')" + remedy,
                        () -> LIMITER.named("github").acquire(" ")),
                refused(
                        "key must not be null: give new CreditKey(limiter, key)",
                        () -> new CreditRequest(nothing(), List.of(FIVE), SECOND, 1, Waiting.none())),
                refused(
                        "limiter name must not be null: give \"\" for the nameless limiter",
                        () -> new CreditKey(nothing(), "acme")),
                refused(
                        "limiter name must be made of letters (a to z, A to Z), digits and ._-/#$@ but was 'git:hub':"
                                + " leave out ':'",
                        () -> new CreditKey("git:hub", "acme")),
                refused(
                        "limiter name must be made of letters (a to z, A to Z), digits and ._-/#$@ but was"
                                + " 'a\\u000ab': leave out '\\u000a'",
                        () -> ONE.limiter("a\nb")),
                refused(
                        "limiter name must have at most 100 characters but '" + "x".repeat(120)
                                + "...' has 1000000: give a shorter name",
                        () -> ONE.limiter("x".repeat(1_000_000))));
    }

    static Stream<Arguments> limits() {
        String credits = ": give the number of credits per window";
        String shorter = ": give a smaller limit, or the same rate over a shorter window";
        String longWindow = ": give a window of 366 days or less";
        String shortWindow = ": give a window of 1ms or more";
        return Stream.of(
                refused("limit must be at least 1 but was 0" + credits, () -> RateLimit.of(0, SECOND)),
                refused("limit must be at least 1 but was -1" + credits, () -> RateLimit.of(-1, SECOND)),
                refused("limit must be at least 1 but was 0" + credits, () -> new RateLimit(0, SECOND)),
                refused(
                        "limit must be at least 1 but was " + Long.MIN_VALUE + credits,
                        () -> RateLimit.of(Long.MIN_VALUE, SECOND)),
                refused(
                        "limit must be at most 2147483647 but was 2147483648" + shorter,
                        () -> RateLimit.of(1L << 31, SECOND)),
                refused(
                        "limit must be at most 2147483647 but was 9007199254740993" + shorter,
                        () -> RateLimit.of((1L << 53) + 1, SECOND)),
                refused("window must be at least 1ms but was 0s" + shortWindow, () -> RateLimit.of(1, Duration.ZERO)),
                refused(
                        "window must be at least 1ms but was -1s" + shortWindow,
                        () -> RateLimit.of(1, SECOND.negated())),
                refused(
                        "window must be at least 1ms but was 0.999999ms" + shortWindow,
                        () -> RateLimit.of(1, Duration.ofNanos(999_999))),
                refused(
                        "window must be at least 1ms but was PT-2562047788015215H-30M-8S" + shortWindow,
                        () -> RateLimit.of(1, HUGELY_NEGATIVE)),
                refused(
                        "window must be at most 366d but was PT2628000H" + longWindow,
                        () -> RateLimit.of(1, CENTURIES)),
                refused(
                        "window must be at most 366d but was PT2562047788015215H30M7S" + longWindow,
                        () -> RateLimit.of(1, HUGE)),
                refused(
                        "window must not be null: give Duration.ofSeconds(1), for example",
                        () -> RateLimit.of(1, nothing())),
                refused(
                        "limit must not be null: give RateLimit.of(limit, window)",
                        () -> LIMITER.tryAcquire("acme", nothing())),
                refused(
                        "at least one limit is needed: give RateLimit.of(limit, window)",
                        () -> CreditRequest.of("acme")),
                refused(
                        "limits must not be null: give RateLimit.of(limit, window)",
                        () -> CreditRequest.of("acme", (RateLimit[]) nothing())),
                refused(
                        "a limit must not be null: give RateLimit.of(limit, window)",
                        () -> CreditRequest.of("acme", FIVE, nothing())),
                refused(
                        "limits (limiter 'github') must not be null: give RateLimit.of(limit, window)",
                        () -> new LimiterSettings("github", nothing(), SECOND, Waiting.none())),
                refused(
                        "at least one limit is needed (limiter 'github'): give RateLimit.of(limit, window)",
                        () -> new LimiterSettings("github", List.of(), SECOND, Waiting.none())),
                refused(
                        "a limit (limiter 'github') must not be null: give RateLimit.of(limit, window)",
                        () -> new LimiterSettings(
                                "github", Collections.singletonList(nothing()), SECOND, Waiting.none())),
                refused(
                        "two limits have the same window: 5 per 1s and 7 per 1s (limiter 'github'): keep the smaller",
                        () -> new LimiterSettings(
                                "github", Arrays.asList(FIVE, RateLimit.of(7, millis(1_000))), SECOND, Waiting.none())),
                refused(
                        "at most 16 limits apply to one key but there are 17: leave out those that others imply",
                        () -> CreditRequest.of(
                                "acme",
                                IntStream.rangeClosed(1, 17)
                                        .mapToObj(i -> RateLimit.of(i, Duration.ofSeconds(i)))
                                        .toArray(RateLimit[]::new))));
    }

    static Stream<Arguments> credits() {
        String little = " (limiter 'github'): ask for what the call costs";
        return Stream.of(
                refused("credits must be at least 1 but was 0" + little, () -> ONE.credits(0)),
                refused(
                        "credits must be at least 1 but was -2147483648" + little,
                        () -> ONE.credits(Integer.MIN_VALUE)),
                refused(
                        "credits must not exceed the limit but was 6 for a limit of 5 per 1s (limiter 'github'): such a"
                                + " request can never be granted; split it",
                        () -> ONE.credits(6)),
                refused(
                        "credits must not exceed the limit but was 2147483647 for a limit of 5 per 1s: such a request can"
                                + " never be granted; split it",
                        () -> CreditRequest.of("acme", RateLimit.of(Integer.MAX_VALUE, Duration.ofHours(1)), FIVE)
                                .credits(Integer.MAX_VALUE)));
    }

    static Stream<Arguments> margins() {
        return Stream.of(
                refused(
                        "margin must not be negative but was -1ms (limiter 'github'): give 0ms or more",
                        () -> ONE.margin(millis(-1))),
                refused(
                        "margin must not be longer than the window but was 1.001s for a limit of 5 per 1s (limiter"
                                + " 'github'): give a margin of at most 1s",
                        () -> ONE.margin(millis(1_001))),
                refused(
                        "margin must not be longer than the window but was PT2562047788015215H30M7S for a limit of 5 per"
                                + " 1s (limiter 'github'): give a margin of at most 1s",
                        () -> ONE.margin(HUGE)),
                refused(
                        "margin must not be negative but was PT-2562047788015215H-30M-8S (limiter 'github'): give 0ms or"
                                + " more",
                        () -> ONE.margin(HUGELY_NEGATIVE)),
                refused(
                        "margin (limiter 'github') must not be null: give Duration.ofMillis(25), for example, or"
                                + " Duration.ZERO",
                        () -> ONE.margin(nothing())),
                refused(
                        "margin must not be null: give Duration.ofMillis(25), for example",
                        () -> CreditRequest.defaultMargin(List.of(FIVE), nothing())));
    }

    static Stream<Arguments> durations() {
        return Stream.of("maxWait", "retryInterval")
                .flatMap(what -> Stream.of(
                        refused(
                                what + " must not be negative but was -1ms: give 0s or more",
                                () -> waiting(what, millis(-1))),
                        refused(
                                what + " must not be negative but was PT-2562047788015215H-30M-8S: give 0s or more",
                                () -> waiting(what, HUGELY_NEGATIVE)),
                        refused(
                                what + " must be at most 366d but was PT2562047788015215H30M7S: give a shorter one",
                                () -> waiting(what, HUGE)),
                        refused(
                                what + " must be at most 366d but was 367d: give a shorter one",
                                () -> waiting(what, Duration.ofDays(367)))));
    }

    static Stream<Arguments> waits() {
        return Stream.of(
                refused(
                        "maxWait must not be null: give Duration.ofSeconds(2), for example",
                        () -> LIMITER.acquire("acme", FIVE, nothing())),
                refused(
                        "maxWait must not be negative but was -1s: give 0s or more",
                        () -> LIMITER.acquire("acme", FIVE, SECOND.negated())),
                refused(
                        "maxWait must be at most 366d but was PT2562047788015215H30M7S: give a shorter one",
                        () -> ONE.waiting(new Waiting.Retries(1, Optional.empty(), Optional.of(HUGE)))),
                refused(
                        "retryInterval must not be null: leave it out to wait as long as the last answer said",
                        () -> ONE.retries(1, nothing())),
                refused(
                        "retryInterval must not be null: give Optional.empty() for none",
                        () -> new Waiting.Retries(1, nothing(), Optional.empty())),
                refused(
                        "maxWait must not be null: give Optional.empty() for none",
                        () -> new Waiting.Retries(1, Optional.empty(), nothing())),
                refused("retries must be at least 0 but was -1: attempts are 1 + retries", () -> ONE.retries(-1)),
                refused(
                        "retries must be at least 0 but was -2147483648: attempts are 1 + retries",
                        () -> ONE.retries(Integer.MIN_VALUE, SECOND)),
                refused(
                        "waiting (limiter 'github') must not be null: give Waiting.none(), for example",
                        () -> ONE.waiting(nothing())));
    }

    private static Waiting waiting(String what, Duration duration) {
        return what.equals("maxWait")
                ? Waiting.upTo(duration)
                : ONE.retries(1, duration).waiting();
    }

    static Stream<Arguments> flows() {
        String atOnce = ": leave it out for any number of calls at once";
        String delay = ": give the longest time that a call may be on its way";
        return Stream.of(
                refused(
                        "max-in-flight must be from 1 to 100000 but was 0" + atOnce,
                        () -> CreditRequest.inFlight("acme", 0)),
                refused("max-in-flight must be from 1 to 100000 but was -1" + atOnce, () -> Flow.FREE.maxInFlight(-1)),
                refused(
                        "max-in-flight must be from 1 to 100000 but was 100001" + atOnce,
                        () -> Flow.FREE.maxInFlight(Flow.MOST_IN_FLIGHT + 1)),
                refused(
                        "max-in-flight must be from 1 to 100000 but was -2147483648" + atOnce,
                        () -> Flow.FREE.maxInFlight(Integer.MIN_VALUE)),
                refused(
                        "max-in-flight must not be null: give OptionalInt.empty() for any number",
                        () -> new Flow(CountUntil.GRANT, nothing(), Pacing.BURST, SECOND)),
                refused(
                        "longest-delay must be from 0s to 366d but was -1ms" + delay,
                        () -> Flow.FREE.longestDelay(millis(-1))),
                refused(
                        "longest-delay must be from 0s to 366d but was 367d" + delay,
                        () -> Flow.FREE.longestDelay(Duration.ofDays(367))),
                refused(
                        "longest-delay must be from 0s to 366d but was PT2562047788015215H30M7S" + delay,
                        () -> Flow.FREE.longestDelay(HUGE)),
                refused(
                        "longest-delay must not be null: give 10s, for example",
                        () -> Flow.FREE.longestDelay(nothing())),
                refused(
                        "count-until must not be null: give grant or completion",
                        () -> Flow.FREE.countUntil(nothing())),
                refused("pacing must not be null: give Pacing.BURST or Pacing.EVEN", () -> Flow.FREE.pacing(nothing())),
                refused(
                        "flow (limiter 'github') must not be null: give Flow.FREE, for example",
                        () -> ONE.flow(nothing())),
                refused(
                        "calls in flight are counted for one key at a time (limiter 'github'): ask for this key alone, or"
                                + " leave out max-in-flight and count-until completion",
                        () -> LIMITER.acquireAll(
                                List.of(ONE.flow(Flow.FREE.maxInFlight(1)), CreditRequest.of("other", FIVE)))),
                refused(
                        "end must not be null: give CallEnd.ANSWERED, for example",
                        () -> LIMITER.complete(
                                new Acquisition.Granted(1, SECOND, new Acquisition.Basis.Local(), Duration.ZERO),
                                nothing())));
    }

    static Stream<Arguments> leases() {
        String longest = ": give the longest time that a call may take";
        return Stream.of(
                refused(
                        "lease must not be null: give 30s, for example",
                        () -> builder().lease(nothing())),
                refused(
                        "lease must be positive and at most 1d but was 0s: give 30s, for example",
                        () -> builder().lease(Duration.ZERO)),
                refused(
                        "lease must be positive and at most 1d but was PT-2562047788015215H-30M-8S: give 30s, for example",
                        () -> builder().lease(HUGELY_NEGATIVE)),
                refused(
                        "lease must be positive and at most 1d but was PT2562047788015215H30M7S: give 30s, for example",
                        () -> builder().lease(HUGE)),
                refused(
                        "lease must be at least four times the store-timeout of 250ms but was 999ms: give 1s or more",
                        () -> builder().lease(millis(999)).build()),
                refused(
                        "lease must be at least four times the store-timeout of 8s but was 30s: give 32s or more",
                        () -> builder()
                                .lease(Duration.ofSeconds(30))
                                .storeTimeout(Duration.ofSeconds(8))
                                .build()),
                refused(
                        "longest-call must not be null: give 10m, for example",
                        () -> builder().longestCall(nothing())),
                refused(
                        "longest-call must be positive and at most 366d but was 0s" + longest,
                        () -> builder().longestCall(Duration.ZERO)),
                refused(
                        "longest-call must be positive and at most 366d but was 367d" + longest,
                        () -> builder().longestCall(Duration.ofDays(367))),
                refused(
                        "longest-call must be at least the lease of 30s but was 29s" + longest + ", or a shorter lease",
                        () -> builder().longestCall(Duration.ofSeconds(29)).build()));
    }

    @Test
    void theUsualLeaseGrowsWithTheStoreTimeout() {
        ReverseRateLimiterBuilder slow = builder().storeTimeout(Duration.ofHours(1));

        assertThat(slow.lease()).isEqualTo(Duration.ofHours(4));
        assertThat(slow.longestCall()).isEqualTo(Duration.ofHours(4));
        assertThat(builder().lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(builder().longestCall()).isEqualTo(Duration.ofMinutes(10));
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                refused(
                        "margin must not be negative but was -1ms: give 0ms or more",
                        () -> builder().margin(millis(-1))),
                refused(
                        "margin must be at most 366d but was PT2562047788015215H30M7S: give the spread of the delay to"
                                + " the provider, 25ms for example",
                        () -> builder().margin(HUGE)),
                refused(
                        "margin must not be null: give 25ms, for example",
                        () -> builder().margin(nothing())),
                refused(
                        "store-timeout must be positive but was 0s: give 250ms, for example",
                        () -> builder().storeTimeout(Duration.ZERO)),
                refused(
                        "store-timeout must be positive but was PT-2562047788015215H-30M-8S: give 250ms, for example",
                        () -> builder().storeTimeout(HUGELY_NEGATIVE)),
                refused(
                        "store-timeout must be at most 1h but was PT2562047788015215H30M7S: give 250ms, for example;"
                                + " nobody waits for one decision longer than that",
                        () -> builder().storeTimeout(HUGE)),
                refused(
                        "store-timeout must not be null: give 250ms, for example",
                        () -> builder().storeTimeout(nothing())),
                refused(
                        "max-waiters must be at least 0 but was -1: 0 lets nobody wait",
                        () -> builder().maxWaiters(-1)),
                refused(
                        "remember-denials must be from 0ms to 1s but was 2s: give 5ms, for example; other instances may"
                                + " give credits back meanwhile",
                        () -> builder().rememberDenials(Duration.ofSeconds(2))),
                refused(
                        "remember-denials must be from 0ms to 1s but was -1ms: give 5ms, for example; other instances may"
                                + " give credits back meanwhile",
                        () -> builder().rememberDenials(millis(-1))),
                refused(
                        "remember-denials must not be null: give 5ms, for example",
                        () -> builder().rememberDenials(nothing())),
                refused(
                        "store must not be null: give new InMemoryCreditStore(), or one in Redis",
                        () -> ReverseRateLimiter.create(nothing())),
                refused(
                        "time source must not be null: give TimeSource.system()",
                        () -> builder().time(nothing(), Sleeper.system())),
                refused(
                        "sleeper must not be null: give Sleeper.system()",
                        () -> builder().time(TimeSource.system(), nothing())),
                refused(
                        "executor must not be null: leave it out for the default",
                        () -> builder().executor(nothing())),
                refused(
                        "settings must not be null: give new LimiterSettings(...)",
                        () -> builder().limiter(nothing())),
                refused(
                        "there is a limiter 'github' already: give each its own name",
                        () -> builder()
                                .limiter(LIMITER.named("github").settings())
                                .limiter(LIMITER.named("github").settings())),
                refused(
                        "name of a limiter must not be null: give one that says whose API it is",
                        () -> new LimiterSettings(nothing(), List.of(FIVE), SECOND, Waiting.none())),
                refused(
                        "a named limiter needs a name that is not blank: give one that says whose API it is",
                        () -> new LimiterSettings(" ", List.of(FIVE), SECOND, Waiting.none())));
    }

    static Stream<Arguments> others() {
        Acquisition.Granted grant = new Acquisition.Granted(1, SECOND, new Acquisition.Basis.Local(), Duration.ZERO);
        String pause = ": give what the provider told, Retry-After for example";
        return Stream.of(
                refused(
                        "request must not be null: give CreditRequest.of(key, limit), for example",
                        () -> LIMITER.acquire(nothing())),
                refused(
                        "request must not be null: give CreditRequest.of(key, limit), for example",
                        () -> LIMITER.acquireAsync(nothing())),
                refused(
                        "granted must not be null: give what was answered when the credits were taken",
                        () -> LIMITER.refund(nothing())),
                refused(
                        "granted must not be null: give what was answered when the credits were taken",
                        () -> LIMITER.completeWith(nothing(), () -> CallEnd.ANSWERED)),
                refused(
                        "end must not be null: give () -> CallEnd.ANSWERED, for example",
                        () -> LIMITER.completeWith(
                                new Acquisition.Granted(
                                        1, Duration.ZERO, new Acquisition.Basis.Policy(), Duration.ZERO),
                                nothing())),
                refused(
                        "key must not be null: give new CreditKey(limiter, key)",
                        () -> LIMITER.pause(nothing(), SECOND)),
                refused(
                        "a pause (limiter 'github') must not be null: give Duration.ofSeconds(2), for example",
                        () -> LIMITER.pause(ACME, nothing())),
                refused(
                        "a pause must be from 0s to 366d but was -1ms (limiter 'github')" + pause,
                        () -> LIMITER.pause(ACME, millis(-1))),
                refused(
                        "a pause must be from 0s to 366d but was PT2562047788015215H30M7S (limiter 'github')" + pause,
                        () -> LIMITER.pause(ACME, HUGE)),
                refused(
                        "a pause must be from 0s to 366d but was PT-2562047788015215H-30M-8S (limiter 'github')"
                                + pause,
                        () -> LIMITER.pause(ACME, HUGELY_NEGATIVE)),
                refused(
                        "there is no limiter 'gitlab' among [github]: configure it, or use one of these",
                        () -> LIMITER.named("gitlab")),
                refused("name must not be null: give that of a configured limiter", () -> LIMITER.named(nothing())),
                refused(
                        "limiter must not be null: give the one that takes the credits",
                        () -> new NamedLimiter(
                                nothing(), LIMITER.named("github").settings())),
                refused(
                        "settings must not be null: give new LimiterSettings(...)",
                        () -> new NamedLimiter(LIMITER, nothing())),
                refused(
                        "marginSource (limiter 'github') must not be null: give MarginSource.STATED, for example",
                        () -> LIMITER.named("github").settings().marginSource(nothing())),
                refused(
                        "settings (limiter 'github') must not be null: give a changed copy of settings()",
                        () -> LIMITER.named("github").configure(nothing())),
                refused(
                        "key (limiter 'github') must not be null: say whose credits are taken",
                        () -> LIMITER.named("github").plan(nothing())),
                refused(
                        "margin source (limiter 'github') must not be null: give MarginSource.STATED, for example",
                        () -> LIMITER.named("github").plan("acme", nothing())),
                refused(
                        "listener must not be null: leave it out if there is none",
                        () -> builder().listener(nothing())),
                refused(
                        "limit resolver must not be null: leave it out if all limits are configured",
                        () -> builder().limitResolver(nothing())),
                refused(
                        "limits-cache must not be null: give 10s, for example",
                        () -> builder().limitsCache(nothing())),
                refused(
                        "plan (limiter 'github') must not be null: give Plan.of(limit)",
                        () -> new LimiterSettings("github", nothing(), Map.of())),
                refused(
                        "keys (limiter 'github') must not be null: give Map.of() if no key has a plan of its own",
                        () -> new LimiterSettings("github", Plan.of(FIVE), nothing())),
                refused(
                        "limits must not be null: give RateLimit.of(limit, window)",
                        () -> Plan.of(FIVE).limits((RateLimit[]) nothing())),
                refused(
                        "margin must not be longer than the window but was 2s for a limit of 5 per 1s: give a margin of at"
                                + " most 1s",
                        () -> Plan.of(FIVE).margin(Duration.ofSeconds(2))),
                refused(
                        "request must not be null: give the one that was denied",
                        () -> new RateLimitExceededException(
                                nothing(), new Acquisition.Denied(SECOND, Acquisition.Reason.EXHAUSTED, 0))),
                refused(
                        "denied must not be null: give what was answered",
                        () -> new RateLimitExceededException(ONE, nothing())),
                refused(
                        "waited must not be null: give how long the caller was made to wait",
                        () -> new Acquisition.Granted(1, nothing(), grant.basis(), Duration.ZERO)),
                refused(
                        "basis must not be null: give who decided",
                        () -> new Acquisition.Granted(1, SECOND, nothing(), Duration.ZERO)),
                refused(
                        "retryAfter must not be null: give Duration.ZERO if a credit is free",
                        () -> new Acquisition.Granted(1, SECOND, grant.basis(), nothing())),
                refused(
                        "retryAfter must not be null: give how long until the request could be granted",
                        () -> new Acquisition.Denied(nothing(), Acquisition.Reason.PAUSED, 0)),
                refused("reason must not be null: give why", () -> new Acquisition.Denied(SECOND, nothing(), 0)),
                refused(
                        "decidedBy must not be null: give DecidedBy.STORE, for example",
                        () -> new Acquisition.Denied(SECOND, Acquisition.Reason.PAUSED, 0, 0, nothing())),
                refused(
                        "credit must not be null: give what was taken",
                        () -> new Acquisition.Basis.Store(Requests.<Credit>nothing())),
                refused(
                        "credits must not be null: give what was taken",
                        () -> new Acquisition.Basis.Store(Requests.<List<Credit>>nothing())),
                refused(
                        "credits must not be empty: give what was taken",
                        () -> new Acquisition.Basis.Store(List.of())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "acme\r\nDEL *",
                "{acme}",
                "}{",
                "🦊",
                "\uD83E",
                "\uDD8A\uD83E",
                "a b",
                "\u00A0",
                "::",
                "sha256:",
                "%3A"
            })
    void anyOtherTextIsAKey(String key) {
        assertThat(new CreditKey("github", key).value()).isEqualTo(key);
        assertThat(CreditRequest.of(key, FIVE).key().value()).isEqualTo(key);
    }
}
