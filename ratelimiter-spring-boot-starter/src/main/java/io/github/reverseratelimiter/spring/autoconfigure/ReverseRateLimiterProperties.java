package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.Flow;
import io.github.reverseratelimiter.LimiterSettings;
import io.github.reverseratelimiter.MarginSource;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.Pacing;
import io.github.reverseratelimiter.Plan;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiterBuilder;
import io.github.reverseratelimiter.Waiting;
import io.github.reverseratelimiter.spring.aop.AdvicePosition;
import io.github.reverseratelimiter.spring.aop.LimitingSettings;
import io.github.reverseratelimiter.spring.aop.OnMisuse;
import io.github.reverseratelimiter.spring.health.StoreHealth;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the limiter. A misspelt one stops the start, and so does a value out of range or a duration without a unit.
 *
 * <p>What is left out is null for a constructor here, which gives the default. {@link DefaultValue} is for primitives alone:
 * Spring Boot has the annotations of all parameters parsed three times for each of them. What the constructor gives is told
 * to IDEs by {@code additional-spring-configuration-metadata.json}.
 *
 * @param enabled Whether calls are limited. If not, annotations do nothing, the limiter grants everything, and no Redis is contacted.
 * @param store Where credits are counted.
 * @param keyPrefix Prefix of all keys in Redis. Applications that share an account share the prefix.
 * @param hashTag What all keys in Redis carry in braces, so that a cluster keeps them in one slot and can take credits of several together. If empty, nothing.
 * @param hashKeys Keys that cannot be read in Redis.
 * @param storeTimeout Longest time that one decision of the store may take.
 * @param onStoreFailure What is answered while the store does not decide, unless a limiter says otherwise: deny, allow, or local, which grants this instance's share of each limit.
 * @param expectedInstances How many instances there are at most. With on-store-failure local, the share of each is its part of the limit, rounded down, at least 1.
 * @param margin Widening of every window by the spread of the delay between a grant and its arrival at the provider, where none is stated. With auto, named limiters learn it; anything else begins with 25ms and stays there.
 * @param maxWaiters Callers of one limiter that may wait in this JVM at once. More are denied at once.
 * @param rememberDenials Time for which a refusal is believed without asking Redis again: who asks for as many, and does not wait, is denied at once. Another instance may give credits back meanwhile. Zero asks each time.
 * @param lease Time after which the calls in flight of an instance that is not heard of are given up, at least four times the store-timeout. If not given, 30s, or four times the store-timeout where that is longer.
 * @param longestCall Time after which a call in flight is not counted any more though nobody has said that it ended, at least the lease. If not given, 10m, or the lease where that is longer.
 * @param limitsCache Time for which the answer of a LimitResolver bean is kept. Zero asks it at each call.
 * @param redisConnectionFactory Name of the RedisConnectionFactory bean to use, if there are several and none is primary.
 * @param selfTest Whether Redis is tried at the start, which fails where Redis refuses: a missing right, a wrong password. Where Redis is away, the application starts. Also warns where Redis may evict keys.
 * @param advice Where credits are taken among the other advice of a method.
 * @param misuse What is done about limited methods that a bean calls on itself, or that wait within a transaction.
 * @param limiters Named limiters, one per provider. Write names that hold other characters than letters, digits and '-' in brackets, as in "[github.api]".
 * @param web Requests to annotated controllers.
 */
@ConfigurationProperties(prefix = ReverseRateLimiterProperties.PREFIX, ignoreUnknownFields = false)
public record ReverseRateLimiterProperties(
        @DefaultValue("true") boolean enabled,
        Store store,
        String keyPrefix,
        String hashTag,
        @Nullable HashKeys hashKeys,
        Duration storeTimeout,
        OnStoreFailure onStoreFailure,
        @Nullable Integer expectedInstances,
        MarginProperty margin,
        @DefaultValue("1000") int maxWaiters,
        Duration rememberDenials,
        @Nullable Duration lease,
        @Nullable Duration longestCall,
        Duration limitsCache,
        @Nullable String redisConnectionFactory,
        @DefaultValue("true") boolean selfTest,
        AdvicePosition advice,
        OnMisuse misuse,
        Map<String, Limiter> limiters,
        Web web) {

    static final String PREFIX = "reverse-rate-limiter";

    /** Gives what is left out its default, and checks the values, and each against the others. */
    public ReverseRateLimiterProperties {
        store = Objects.requireNonNullElse(store, Store.REDIS);
        keyPrefix = Objects.requireNonNullElse(keyPrefix, "rrl:");
        hashTag = Objects.requireNonNullElse(hashTag, "");
        storeTimeout = Objects.requireNonNullElse(storeTimeout, Duration.ofMillis(250));
        onStoreFailure = Objects.requireNonNullElse(onStoreFailure, OnStoreFailure.DENY);
        margin = Objects.requireNonNullElse(margin, MarginProperty.DEFAULT);
        rememberDenials = Objects.requireNonNullElse(rememberDenials, Duration.ofMillis(5));
        limitsCache = Objects.requireNonNullElse(limitsCache, Duration.ofSeconds(10));
        advice = Objects.requireNonNullElse(advice, AdvicePosition.INNERMOST);
        misuse = Objects.requireNonNullElse(misuse, OnMisuse.WARN);
        limiters = Map.copyOf(Objects.requireNonNullElse(limiters, Map.of()));
        web = Objects.requireNonNullElse(web, new Web(true));
        Check.that(!keyPrefix.isBlank(), "key-prefix", keyPrefix, "must not be blank", "give \"rrl:\", for example");
        Check.that(
                hashTag.indexOf('{') < 0 && hashTag.indexOf('}') < 0,
                "hash-tag",
                hashTag,
                "must hold no braces",
                "leave them out: they are put around it");
        Check.that(
                hashTag.isEmpty() || !keyPrefix.contains("{}"),
                "key-prefix",
                keyPrefix,
                "must not hold {} where there is a hash-tag",
                "leave them out: they defeat it");
        Check.that(
                storeTimeout.compareTo(Duration.ZERO) > 0,
                "store-timeout",
                storeTimeout,
                "must be positive",
                "give 250ms, for example");
        Check.that(
                storeTimeout.compareTo(ReverseRateLimiterBuilder.MAX_STORE_TIMEOUT) <= 0,
                "store-timeout",
                storeTimeout,
                "must be at most 1h",
                "give 250ms, for example");
        Check.that(!margin.start().isNegative(), "margin", margin.start(), "must not be negative", "give 0ms or more");
        Check.that(
                margin.start().compareTo(RateLimit.MAX_WINDOW) <= 0,
                "margin",
                margin.start(),
                "must be at most 366d",
                "give 25ms, for example");
        Check.that(maxWaiters >= 0, "max-waiters", maxWaiters, "must be at least 0", "0 lets nobody wait");
        Check.that(
                !rememberDenials.isNegative()
                        && rememberDenials.compareTo(ReverseRateLimiterBuilder.MAX_REMEMBERED) <= 0,
                "remember-denials",
                rememberDenials,
                "must be from 0ms to 1s",
                "give 5ms, for example: another instance may give credits back meanwhile");
        checkLease(lease, longestCall, storeTimeout);
        Check.that(!limitsCache.isNegative(), "limits-cache", limitsCache, "must not be negative", "give 0s or more");
        Check.that(
                expectedInstances == null || expectedInstances >= 1,
                "expected-instances",
                expectedInstances,
                "must be at least 1",
                "give how many instances there are at most");
        Check.that(
                expectedInstances != null || !countsLocally(onStoreFailure, limiters),
                "expected-instances",
                expectedInstances,
                "must be given where on-store-failure is local",
                "give how many instances there are at most: each grants its part of the limit");
        for (Map.Entry<String, Limiter> limiter : limiters.entrySet()) {
            settings(limiter.getKey(), limiter.getValue(), margin);
        }
    }

    private static void checkLease(@Nullable Duration lease, @Nullable Duration longestCall, Duration storeTimeout) {
        Duration least = ReverseRateLimiterBuilder.leastLease(storeTimeout);
        Check.that(
                lease == null || lease.compareTo(least) >= 0,
                "lease",
                lease,
                "must be at least four times the store-timeout",
                "give " + least.toMillis() + "ms or more");
        Check.that(
                lease == null || lease.compareTo(ReverseRateLimiterBuilder.MAX_LEASE) <= 0,
                "lease",
                lease,
                "must be at most 1d",
                "give 30s, for example");
        Duration known = lease != null ? lease : ReverseRateLimiterBuilder.usualLease(storeTimeout);
        Check.that(
                longestCall == null || longestCall.compareTo(known) >= 0,
                "longest-call",
                longestCall,
                "must be at least the lease",
                "give the longest time that a call may take, or a shorter lease");
        Check.that(
                longestCall == null || longestCall.compareTo(Waiting.MAX_WAIT) <= 0,
                "longest-call",
                longestCall,
                "must be at most 366d",
                "give the longest time that a call may take");
    }

    private static boolean countsLocally(OnStoreFailure usual, Map<String, Limiter> limiters) {
        return usual == OnStoreFailure.LOCAL
                || limiters.values().stream().anyMatch(each -> each.onStoreFailure() == OnStoreFailure.LOCAL);
    }

    /** What the named limiters are configured with. */
    List<LimiterSettings> settings() {
        return limiters.entrySet().stream()
                .map(limiter -> settings(limiter.getKey(), limiter.getValue(), margin))
                .toList();
    }

    /** What annotated methods need to know. */
    LimitingSettings limiting() {
        return new LimitingSettings(enabled, margin.start(), settings(), advice, misuse);
    }

    /** What the health indicator tells. */
    public StoreHealth health() {
        return new StoreHealth(onStoreFailure, settings());
    }

    private static LimiterSettings settings(String name, Limiter limiter, MarginProperty margin) {
        String property = PREFIX + ".limiters." + name;
        LimiterSettings settings = named(property, () -> limiter.settings(name, margin));
        for (Map.Entry<String, Key> key : limiter.keys().entrySet()) {
            settings = named(property + ".keys." + key.getKey(), with(settings, key.getKey(), key.getValue()));
        }
        return settings;
    }

    private static Supplier<LimiterSettings> with(LimiterSettings settings, String key, Key stated) {
        return () -> {
            Check.that(
                    stated.margin() == null || settings.marginSource() == MarginSource.STATED,
                    "margin",
                    stated.margin(),
                    "must not be given for a key where that of the limiter is auto",
                    "leave it out: the margin is learnt for all keys");
            return settings.key(key, stated.plan(settings.plan()));
        };
    }

    private static <T> T named(String property, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            // Not as its cause: Spring Boot shows the innermost message only.
            IllegalArgumentException named = new IllegalArgumentException(property + ": " + e.getMessage());
            named.addSuppressed(e);
            throw named;
        }
    }

    /** Where credits are counted. */
    public enum Store {
        /** In Redis, for all instances. */
        REDIS,
        /** In this JVM, for one instance and for tests. */
        MEMORY
    }

    /**
     * Keys that cannot be read in Redis.
     *
     * @param secret Secret with which keys are hashed (HMAC-SHA-256) before they reach Redis, at least 32 characters, the same for all instances. If unset, keys are stored as they are.
     */
    public record HashKeys(String secret) {

        private static final int SHORTEST = 32;

        /** Checks the length; no message holds the secret, so it is none of a bound value. */
        public HashKeys {
            int length = secret == null || secret.isBlank() ? 0 : secret.length();
            if (length < SHORTEST) {
                throw new LimiterSetupException(
                        "the property " + PREFIX + ".hash-keys.secret must have at least " + SHORTEST
                                + " characters but " + (length == 0 ? "is not given" : "has " + length),
                        "give random ones, the same to all instances, as \"openssl rand -hex 32\" makes them; or leave"
                                + " out hash-keys, to store keys as they are");
            }
        }

        byte[] bytes() {
            return secret.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "HashKeys[secret=******]";
        }
    }

    /**
     * What is answered to requests.
     *
     * @param enabled Whether a request that an annotated controller method got no credit for is answered with 429, or with 503 where the store did not decide.
     */
    public record Web(@DefaultValue("true") boolean enabled) {}

    /**
     * A named limiter.
     *
     * @param limits Limits that all apply, of different windows.
     * @param limit Credits per window, for a limiter of one limit.
     * @param window Span the limit applies to, for a limiter of one limit.
     * @param maxWait Longest time that a call waits in line, unless it says otherwise.
     * @param margin Widening of every window by the spread of the delay between a grant and its arrival at the provider: a duration, or auto, which learns it from how calls end.
     * @param retries Further attempts to get a credit, unless the call says otherwise. Attempts are one more.
     * @param retryInterval Time between two attempts. If unset, as long as the last answer said.
     * @param countUntil Until when a credit counts: grant, one window from there, which needs a margin; or completion, until the call has ended and one window more, which needs none.
     * @param maxInFlight Calls of one key that may be in flight at once, over all instances. If unset, any number.
     * @param pace Whether calls are spread evenly over the window, instead of all going at once.
     * @param longestDelay Longest time that a call may be on its way: one whose caller gave up counts for so long after its begin, where calls in flight are counted.
     * @param onStoreFailure What is answered while the store does not decide. If unset, as for all limiters.
     * @param keys Keys that have a plan of their own. Write keys that hold other characters than letters, digits and '-' in brackets, as in "[acme.com]".
     */
    public record Limiter(
            List<Limit> limits,
            @Nullable Long limit,
            @Nullable Duration window,
            @Nullable Duration maxWait,
            @Nullable MarginProperty margin,
            int retries,
            @Nullable Duration retryInterval,
            CountUntil countUntil,
            @Nullable Integer maxInFlight,
            boolean pace,
            Duration longestDelay,
            @Nullable OnStoreFailure onStoreFailure,
            Map<String, Key> keys) {

        /** Gives what is left out its default, and checks what can be checked without the name. */
        public Limiter {
            limits = Objects.requireNonNullElse(limits, List.of());
            countUntil = Objects.requireNonNullElse(countUntil, CountUntil.GRANT);
            longestDelay = Objects.requireNonNullElse(longestDelay, Duration.ofSeconds(10));
            keys = Map.copyOf(Objects.requireNonNullElse(keys, Map.of()));
            Check.that(
                    !limits.isEmpty() || limit != null || window != null || maxInFlight != null,
                    "limits",
                    limits,
                    "must be given",
                    "give limit and window, or a list of limits, or max-in-flight");
            limits = StatedPlan.limits(limits, limit, window);
            var unused = StatedPlan.waiting(retries, retryInterval, maxWait);
        }

        private LimiterSettings settings(String name, MarginProperty defaultMargin) {
            List<RateLimit> list = StatedPlan.rateLimits(limits);
            MarginProperty stated = margin == null ? defaultMargin : margin;
            boolean exact = margin != null && margin.source() == MarginSource.STATED;
            Plan plan = new Plan(
                    list,
                    exact ? stated.start() : CreditRequest.defaultMargin(list, stated.start()),
                    StatedPlan.waiting(retries, retryInterval, maxWait).orElse(Waiting.none()),
                    flow());
            LimiterSettings settings = new LimiterSettings(name, plan, Map.of()).marginSource(stated.source());
            return onStoreFailure == null ? settings : settings.onStoreFailure(onStoreFailure);
        }

        private Flow flow() {
            return new Flow(
                    countUntil,
                    maxInFlight == null ? OptionalInt.empty() : OptionalInt.of(maxInFlight),
                    pace ? Pacing.EVEN : Pacing.BURST,
                    longestDelay);
        }
    }

    /**
     * A key that has a plan of its own. What it leaves out is as for the other keys of the limiter.
     *
     * @param limits Limits that all apply, of different windows.
     * @param limit Credits per window, for a key of one limit.
     * @param window Span the limit applies to, for a key of one limit.
     * @param maxWait Longest time that a call waits in line, unless it says otherwise.
     * @param margin Widening of every window by the spread of the delay between a grant and its arrival at the provider.
     * @param retries Further attempts to get a credit, unless the call says otherwise. Attempts are one more.
     * @param retryInterval Time between two attempts. If unset, as long as the last answer said.
     * @param maxInFlight Calls of this key that may be in flight at once, over all instances.
     */
    public record Key(
            List<Limit> limits,
            @Nullable Long limit,
            @Nullable Duration window,
            @Nullable Duration maxWait,
            @Nullable Duration margin,
            @Nullable Integer retries,
            @Nullable Duration retryInterval,
            @Nullable Integer maxInFlight) {

        /** Checks what can be checked without the limiter. */
        public Key {
            limits = StatedPlan.limits(Objects.requireNonNullElse(limits, List.of()), limit, window);
            var unused = StatedPlan.waiting(retries, retryInterval, maxWait);
        }

        private Plan plan(Plan others) {
            Plan plan = limits.isEmpty() ? others : others.limits(StatedPlan.rateLimits(limits));
            plan = margin == null ? plan : plan.margin(margin);
            plan = maxInFlight == null ? plan : plan.flow(plan.flow().maxInFlight(maxInFlight));
            return plan.waiting(
                    StatedPlan.waiting(retries, retryInterval, maxWait).orElse(plan.waiting()));
        }
    }

    /**
     * One limit of a limiter.
     *
     * @param limit Credits per window.
     * @param window Span the limit applies to.
     */
    public record Limit(long limit, Duration window) {

        /** Checks the range. */
        public Limit {
            Check.that(window != null, "window", window, "must be given", "give 1s, for example");
            RateLimit.of(limit, window);
        }
    }
}
