package io.github.reverseratelimiter.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition.Basis;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.Acquisition.Reason;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.OnStoreFailure;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.EarlierScript;
import io.github.reverseratelimiter.redis.LettuceScriptExecutor;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import io.github.reverseratelimiter.redis.RedisScript;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import io.github.reverseratelimiter.redis.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * An old and a new instance on one key, as while a new version is rolled out: the old one alone, both, the new one alone
 * (FAULTS row 32).
 */
class RollingDeploymentIT {

    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final RateLimit FIVE = RateLimit.of(5, WINDOW);
    private static final RateLimit EIGHT = RateLimit.of(8, WINDOW);
    private static final RateLimit TWELVE = RateLimit.of(12, Duration.ofMillis(500));
    private static final RateLimit FAST = RateLimit.of(40, WINDOW);
    private static final int GRANTS = 20;
    private static final int MANY_GRANTS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String key = "rolled " + System.nanoTime();

    /** An instance of two callers: one waits in line, the other asks again and again. */
    private static Askers instance(RedisScriptExecutor executor, CreditRequest request) {
        ReverseRateLimiter limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "rolling:"))
                .storeTimeout(PATIENCE)
                .build();
        return new Askers(limiter, List.of(request.maxWait(PATIENCE), request));
    }

    private static LettuceScriptExecutor connection() {
        return RedisServer.shared().executor();
    }

    private CreditRequest request(Duration margin, RateLimit... limits) {
        return CreditRequest.of(key, limits).margin(margin);
    }

    /** What is known of a rolling deployment afterwards. */
    private record Rolled(List<Grant> old, List<Grant> all) {}

    private Rolled roll(
            RedisScriptExecutor oldConnection,
            CreditRequest oldRequest,
            RedisScriptExecutor newConnection,
            CreditRequest newRequest) {
        return roll(GRANTS, oldConnection, oldRequest, newConnection, newRequest);
    }

    /** Rolls the one out over the other, and returns what both were granted; all end well. */
    private Rolled roll(
            int grants,
            RedisScriptExecutor oldConnection,
            CreditRequest oldRequest,
            RedisScriptExecutor newConnection,
            CreditRequest newRequest) {
        Askers before = instance(oldConnection, oldRequest);
        before.untilGranted(grants / 2);
        Askers after = instance(newConnection, newRequest);
        try {
            after.untilGranted(grants / 2);
            before.untilGranted(grants / 2);
        } finally {
            before.close();
        }
        try (after) {
            after.untilGranted(grants);
        }
        assertThat(before.failures()).isEmpty();
        assertThat(after.failures()).isEmpty();
        List<Grant> all = new ArrayList<>(before.grants());
        all.addAll(after.grants());
        return new Rolled(before.grants(), all);
    }

    private static List<String> violations(List<Grant> grants, RateLimit limit) {
        return new History(grants, List.of()).violations(List.of(limit));
    }

    @Test
    void ofTwoLimitsTheLargerOneIsNeverExceeded() {
        Rolled rolled =
                roll(connection(), request(Duration.ZERO, FIVE), connection(), request(Duration.ofMillis(10), EIGHT));

        assertThat(violations(rolled.all(), EIGHT)).isEmpty();
        assertThat(violations(rolled.all(), FIVE)).as("the new limit is used").isNotEmpty();
    }

    @Test
    void aLimitThatIsLoweredIsNeverExceededByMoreThanTheOldOneAllows() {
        Rolled rolled =
                roll(connection(), request(Duration.ofMillis(10), EIGHT), connection(), request(Duration.ZERO, FIVE));

        assertThat(violations(rolled.all(), EIGHT)).isEmpty();
        long last = rolled.old().stream().mapToLong(Grant::at).max().orElseThrow();
        assertThat(violations(
                        rolled.all().stream().filter(grant -> grant.at() > last).toList(), FIVE))
                .isEmpty();
    }

    @Test
    void aWindowThatIsGivenUpHoldsForAsLongAsTheOldInstanceNamesIt() {
        Rolled rolled =
                roll(connection(), request(Duration.ZERO, FIVE, TWELVE), connection(), request(Duration.ZERO, EIGHT));

        long last = rolled.old().stream().mapToLong(Grant::at).max().orElseThrow();
        assertThat(violations(rolled.all(), EIGHT)).isEmpty();
        assertThat(violations(
                        rolled.all().stream()
                                .filter(grant -> grant.at() <= last)
                                .toList(),
                        TWELVE))
                .isEmpty();
    }

    /** A connection of a version whose script is another one. */
    private static final class OtherVersion implements RedisScriptExecutor {

        private final LettuceScriptExecutor real = connection();
        private final String sha;
        private final AtomicBoolean used = new AtomicBoolean();

        OtherVersion(String body) {
            sha = real.commands().scriptLoad(body.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public CompletionStage<byte[]> execute(RedisScript script, byte[][] keys, byte[][] arguments) {
            assertThat(sha).isNotEqualTo(script.sha1());
            used.set(true);
            return real.execute(sha, keys, arguments);
        }

        @Override
        public void subscribe(String channel, Consumer<byte[]> listener) {
            real.subscribe(channel, listener);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** An instance with ours over one with the script of an earlier version. */
    private Rolled rollOverTheEarlierVersion(int grants, RateLimit old, RateLimit ours) {
        OtherVersion earlier = new OtherVersion(EarlierScript.body());
        Rolled rolled = roll(grants, earlier, request(Duration.ZERO, old), connection(), request(Duration.ZERO, ours));
        assertThat(earlier.used).isTrue();
        return rolled;
    }

    /** They use a key to the full. */
    @Test
    void twoVersionsOfTheScriptShareTheState() {
        Rolled rolled = rollOverTheEarlierVersion(MANY_GRANTS, FAST, FAST);

        assertThat(violations(rolled.all(), FAST)).isEmpty();
    }

    @Test
    void ofTwoVersionsWithTwoLimitsTheLargerOneIsNeverExceeded() {
        Rolled raised = rollOverTheEarlierVersion(GRANTS, FIVE, EIGHT);

        assertThat(violations(raised.all(), EIGHT)).isEmpty();
        assertThat(violations(raised.all(), FIVE)).as("the new limit is used").isNotEmpty();
    }

    @Test
    void ofTwoVersionsWithALoweredLimitTheOldOneIsNeverExceeded() {
        Rolled lowered = rollOverTheEarlierVersion(GRANTS, EIGHT, FIVE);

        assertThat(violations(lowered.all(), EIGHT)).isEmpty();
    }

    /** A version to come, whose format this one does not know. */
    private static OtherVersion later() {
        return new OtherVersion(RedisCreditStore.script().body().replace("local VERSION = 1\n", "local VERSION = 2\n"));
    }

    private ReverseRateLimiter limiter(RedisScriptExecutor executor, OnStoreFailure policy) {
        return ReverseRateLimiter.builder(new RedisCreditStore(executor, "rolling:"))
                .storeTimeout(PATIENCE)
                .onStoreFailure(policy)
                .build();
    }

    @Test
    void aStateOfALaterFormatIsLeftToThePolicyAndStaysAsItIs() {
        CreditRequest request = request(Duration.ZERO, TWELVE);
        try (LettuceScriptExecutor commands = connection();
                ReverseRateLimiter after = limiter(later(), OnStoreFailure.DENY);
                ReverseRateLimiter denies = limiter(connection(), OnStoreFailure.DENY);
                ReverseRateLimiter allows = limiter(connection(), OnStoreFailure.ALLOW)) {
            Granted granted = (Granted) after.acquire(request);
            byte[] name = commands.commands()
                    .keys(("rolling:*" + key + "*").getBytes(StandardCharsets.UTF_8))
                    .get(0);
            byte[] state = commands.commands().get(name);

            assertThat(denies.acquire(request))
                    .isInstanceOfSatisfying(
                            Denied.class, denied -> assertThat(denied.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
            assertThat(allows.acquire(request))
                    .isInstanceOfSatisfying(
                            Granted.class,
                            allowed -> assertThat(allowed.basis()).isEqualTo(new Basis.Policy()));
            assertThat(denies.refund(granted)).failsWithin(PATIENCE);
            assertThat(denies.pause(request.key(), WINDOW)).failsWithin(PATIENCE);

            assertThat(commands.commands().get(name)).isEqualTo(state);
            assertThat(((Granted) after.acquire(request)).remaining()).isEqualTo(10);
        }
    }

    @Test
    void aStoreThatHoldsALaterFormatUnderOneKeyIsNotAway() {
        CreditRequest request = request(Duration.ZERO, TWELVE);
        CreditRequest other = CreditRequest.of("other " + key, TWELVE);
        try (ReverseRateLimiter after = limiter(later(), OnStoreFailure.DENY);
                ReverseRateLimiter before = limiter(connection(), OnStoreFailure.DENY)) {
            after.acquire(request);

            for (int i = 0; i < 10; i++) {
                assertThat(before.acquire(request)).isInstanceOf(Denied.class);
            }

            assertThat(before.acquire(other)).isInstanceOf(Granted.class);
        }
    }
}
