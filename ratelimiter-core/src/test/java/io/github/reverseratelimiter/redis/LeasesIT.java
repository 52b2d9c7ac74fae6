package io.github.reverseratelimiter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Denied;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.Proxy.Cut;
import io.github.reverseratelimiter.redis.Proxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Issue 5, calls in flight in a real Redis when an instance is killed or stands still, when answers are lost, and when the state is
 * (FAULTS rows 34 and 36): the places come back, and no end of an old call ends a new one. After each test nothing in Redis lives
 * for ever.
 */
@Timeout(90)
class LeasesIT {

    @RegisterExtension
    static final OwnRedis REDIS = new OwnRedis();

    private static final Duration LEASE = Duration.ofSeconds(3);

    /** Of a process that does not live to renew it. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** A waiter who is not told asks once a second. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final Duration LONG = Duration.ofSeconds(30);

    private final String key = "acme";
    private Proxy proxy;
    private ReverseRateLimiter one;
    private ReverseRateLimiter other;

    @BeforeEach
    void open() {
        REDIS.commands().flushall();
        proxy = Proxy.to(URI.create(REDIS.server().uri()).getPort());
        one = limiter(RedisServer.uri(proxy.port()), LEASE);
        other = limiter(REDIS.server().uri(), Duration.ofSeconds(30));
    }

    private static ReverseRateLimiter limiter(String uri, Duration lease) {
        return ReverseRateLimiter.builder(new RedisCreditStore(LettuceScriptExecutor.to(uri), "rrl:"))
                .storeTimeout(Duration.ofMillis(500))
                .lease(lease)
                .build();
    }

    @AfterEach
    void nothingLivesForEver() {
        try {
            assertThat(REDIS.commands().keys("*".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .allSatisfy(each -> assertThat(REDIS.commands().pttl(each)).isBetween(1L, LONG.toMillis() * 2));
        } finally {
            proxy.close();
            one.close();
            other.close();
        }
    }

    private CreditRequest atMost(int calls) {
        return CreditRequest.inFlight(key, calls);
    }

    private Granted begin(ReverseRateLimiter limiter, int atMost) {
        return (Granted) limiter.acquire(atMost(atMost));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void deniedFor(Duration time, int atMost) {
        long begin = System.nanoTime();
        await().pollInterval(Duration.ofMillis(100)).atMost(LONG).until(() -> {
            assertThat(other.acquire(atMost(atMost))).isInstanceOf(Denied.class);
            return since(begin).compareTo(time) > 0;
        });
    }

    @Test
    void theEndsOfCallsOfALostStateEndNoCallsThatBeganLater() {
        Granted first = begin(one, 2);
        Granted second = begin(one, 2);
        REDIS.commands().flushall();
        begin(one, 2);
        begin(one, 2);

        one.complete(first, CallEnd.ANSWERED);
        one.complete(second, CallEnd.ANSWERED);

        // What was sent before on the same connection has been done.
        assertThat(one.acquire(atMost(2))).isInstanceOf(Denied.class);
        assertThat(other.acquire(atMost(2))).isInstanceOf(Denied.class);
    }

    @Test
    void aCallThatTakesLongerThanALeaseKeepsItsPlace() {
        try (ReverseRateLimiter beating = limiter(REDIS.server().uri(), LEASE)) {
            Granted call = begin(beating, 1);

            deniedFor(LEASE.multipliedBy(2).plusMillis(500), 1);

            beating.complete(call, CallEnd.ANSWERED);
            await().until(() -> other.acquire(atMost(1)) instanceof Granted);
        }
    }

    @Test
    void thePlacesOfAKilledProcessComeBackWithinItsLease() throws IOException {
        try (Caller victim = Caller.start(REDIS.server().uri(), key, 3, SHORT)) {
            assertThat(victim.begin()).isEqualTo(3);
            assertThat(other.acquire(atMost(3))).isInstanceOf(Denied.class);
            victim.kill();
            long killed = System.nanoTime();

            assertThat(other.acquire(atMost(3).maxWait(LONG))).isInstanceOf(Granted.class);

            assertThat(since(killed)).isLessThan(SHORT.plus(SLACK));
            assertThat(other.acquire(atMost(3))).isInstanceOf(Granted.class);
            assertThat(other.acquire(atMost(3))).isInstanceOf(Granted.class);
            assertThat(other.acquire(atMost(3))).isInstanceOf(Denied.class);
        }
    }

    @Test
    void aProcessThatStoodStillForLongerThanItsLeaseEndsNobodyElsesCallsAndNoLaterOnes() throws IOException {
        try (Caller victim = Caller.start(REDIS.server().uri(), key, 4, SHORT)) {
            assertThat(victim.begin()).isEqualTo(4);
            victim.freeze();
            await().atMost(LONG).until(() -> other.acquire(atMost(4)) instanceof Granted);
            assertThat(other.acquire(atMost(4))).isInstanceOf(Granted.class);
            victim.thaw();

            assertThat(victim.begin())
                    .as("beside its four, which are not counted any more")
                    .isEqualTo(2);
            assertThat(victim.end()).isEqualTo(6);

            await().until(() -> other.acquire(atMost(4)) instanceof Granted);
            await().until(() -> other.acquire(atMost(4)) instanceof Granted);
            assertThat(other.acquire(atMost(4))).isInstanceOf(Denied.class);
            assertThat(victim.begin()).isZero();
        }
    }

    @Test
    void aBeginWhoseAnswerIsLostHoldsItsPlaceForOneLease() {
        begin(one, 2); // the connection is made
        proxy.fault(Fault.LOSE_ANSWERS);

        Acquisition answer = one.acquire(atMost(2));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Denied.class,
                        denied -> assertThat(denied.reason()).isEqualTo(Acquisition.Reason.STORE_UNAVAILABLE));
        assertThat(other.acquire(atMost(2))).isInstanceOf(Denied.class);
        proxy.fault(Fault.LOSE_REQUESTS);
        proxy.cut(Cut.RST);
        await().atMost(LEASE.plus(SLACK)).until(() -> other.acquire(atMost(2)) instanceof Granted);
    }

    @Test
    void anEndWhoseAnswerIsLostEndsOneCall() {
        try (ReverseRateLimiter patient = limiter(RedisServer.uri(proxy.port()), LONG)) {
            Granted call = begin(patient, 2);
            Granted held = begin(patient, 2);
            proxy.fault(Fault.LOSE_ANSWERS);

            patient.complete(call, CallEnd.ANSWERED);

            await().until(() -> other.acquire(atMost(2)) instanceof Granted);
            proxy.fault(Fault.NONE);
            proxy.cut(Cut.RST);
            deniedFor(Duration.ofMillis(500), 2);
            patient.complete(held, CallEnd.ANSWERED);
            await().atMost(LONG).until(() -> other.acquire(atMost(2)) instanceof Granted);
        }
    }

    @Test
    void anEndThatIsLostHoldsItsPlaceUntilTheLeaseRunsOut() {
        Granted call = begin(one, 1);
        proxy.fault(Fault.LOSE_REQUESTS);

        one.complete(call, CallEnd.ANSWERED);

        assertThat(other.acquire(atMost(1))).isInstanceOf(Denied.class);
        await().atMost(LEASE.plus(SLACK)).until(() -> other.acquire(atMost(1)) instanceof Granted);
    }

    @Test
    void whoIsQueuedWhenTheStateIsLostIsQueuedAnew() {
        Granted held = begin(other, 1);
        CompletableFuture<Acquisition> first = one.acquireAsync(atMost(1).maxWait(LONG));
        CompletableFuture<Acquisition> second = one.acquireAsync(atMost(1).maxWait(LONG));
        REDIS.commands().flushall();

        Granted next = (Granted) CompletableFuture.anyOf(first, second)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        CompletableFuture<Acquisition> last = first.isDone() ? second : first; // their turns are lost too
        other.complete(held, CallEnd.ANSWERED); // of the lost state: ends nothing
        assertThat(last).isNotDone();
        one.complete(next, CallEnd.ANSWERED);

        assertThat(last.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Granted.class);
    }

    @Test
    void whoseAskingAgainFailsLeavesTheQueueThoughOtherCallsKeepHisLease() {
        Granted lasting = begin(one, 2);
        Granted held = begin(other, 2);
        CompletableFuture<Acquisition> waiter = one.acquireAsync(atMost(2).maxWait(LONG));
        proxy.fault(Fault.LOSE_REQUESTS);
        assertThat(waiter.orTimeout(20, TimeUnit.SECONDS).join()).isInstanceOf(Denied.class);
        proxy.fault(Fault.NONE);
        proxy.cut(Cut.RST);

        other.complete(held, CallEnd.ANSWERED);

        await().atMost(LEASE.plus(SLACK)).until(() -> other.acquire(atMost(2)) instanceof Granted);
        one.complete(lasting, CallEnd.ANSWERED);
        await().atMost(LEASE.plus(SLACK)).until(() -> other.acquire(atMost(2)) instanceof Granted);
    }
}
