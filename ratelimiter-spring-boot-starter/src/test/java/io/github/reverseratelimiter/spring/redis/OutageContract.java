package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import io.github.reverseratelimiter.redis.RedisCreditStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Every decision ends in its time whatever happens to Redis, and Redis is used again as soon as it is back. The time is one
 * of all decisions of a class together: 250 ms and 50 ms at p99.9, and a second for each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutageContract {

    static final int MANY = 64;
    private static final int TOGETHER = 16;

    static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    /** What {@code make outage} asserts of each cell, on a machine that does nothing else. */
    static final Duration IN_TIME = STORE_TIMEOUT.plusMillis(50);
    /** What every build asserts of all cells together, whatever else the machine does. */
    static final Duration IN_TIME_ON_A_BUSY_MACHINE = STORE_TIMEOUT.plusMillis(150);

    static final Duration AT_MOST = Duration.ofSeconds(1);
    private static final Duration ALONE = Duration.ofSeconds(2);
    static final RateLimit LIMIT = RateLimit.of(1_000_000, Duration.ofHours(1));
    private static final Pattern TOTAL = Pattern.compile("total (\\d+)");

    static final CreditRequest REQUEST = request("acme");
    private static final CreditRequest OTHER = request("other");

    FragileRedis redis;
    Proxy proxy;
    ReverseRateLimiter limiter;
    int granted;
    Stalls stalls;
    private RedisConnectionFactory factory;
    private final Decisions decisions = new Decisions();

    /** The margin is so wide that no grant comes too late on a busy machine: it would be given back, and asked for again. */
    private static CreditRequest request(String key) {
        return CreditRequest.of(key, LIMIT).margin(Duration.ofHours(1));
    }

    /** As the context starts it. */
    static void start(RedisConnectionFactory factory) {
        try {
            ((InitializingBean) factory).afterPropertiesSet();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        ((Lifecycle) factory).start();
    }

    /** To 127.0.0.1, as Spring Boot sets it up. */
    abstract RedisConnectionFactory factory(int port);

    /** When all is well again. */
    abstract int mostConnections();

    /** When all is well again. */
    abstract int mostThreads();

    /** At one time. */
    int connectionsOfTwoTrips() {
        return Math.min(2, mostConnections());
    }

    /** How often each of many callers calls, one call after another: so often that the class makes 5,000 decisions. */
    abstract int callsEach();

    static void loadClasses(OutageContract first) {
        first.startRedis();
        first.connect();
        first.ask(MANY, OutageContract::sync);
        first.ask(MANY, OutageContract::async);
        first.stopRedis();
    }

    @BeforeEach
    void startRedis() {
        granted = 0;
        redis = FragileRedis.start("busy-reply-threshold 50");
        proxy = Proxy.to(redis.port());
        factory = factory(proxy.port());
        start(factory);
        stalls = new Stalls();
    }

    final void connect() {
        SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT);
        executor.warmUp();
        limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "outage:"))
                .storeTimeout(STORE_TIMEOUT)
                .build();
    }

    @AfterEach
    void stopRedis() {
        limiter.close();
        ((Lifecycle) factory).stop();
        proxy.close();
        redis.close();
        stalls.close();
    }

    final void endsInTime(Trouble trouble) {
        decidesInTimeDuring(trouble);

        trouble.end(redis, proxy);
        comesBack();
        leavesNothingBehind();
    }

    final void decidesInTimeDuring(Trouble trouble) {
        begin(trouble);
        Decisions during = new Decisions();
        long slept = System.nanoTime();

        during.addAll(decidesInTime(1, OutageContract::sync));
        during.addAll(decidesInTime(MANY, OutageContract::sync));
        during.addAll(decidesInTime(1, OutageContract::async));
        during.addAll(decidesInTime(MANY, OutageContract::async));
        // Until connections that hang were given up.
        pause(Duration.ofMillis(1_300).minusNanos(System.nanoTime() - slept));
        during.addAll(decidesInTime(MANY, OutageContract::sync));
        during.addAll(decidesInTime(MANY, OutageContract::async));

        assertThat(during.byRedis()).as("made by Redis, which was in trouble").isZero();
        assertThat(during.count()).isEqualTo(2 + 4 * MANY * callsEach());
    }

    /** Others wait for the probes of whom there are many; who is alone is the probe, but not each time. */
    final void answersAtOnceWhoIsAlone(Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        begin(Trouble.FROZEN);
        Decisions alone = new Decisions();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < ALONE.toNanos()) {
            alone.of(stalls, () -> call.apply(limiter)).join();
        }

        // Two until it counts as away, and one in a time-out and an interval from then on: a handful. Each time it
        // would be all.
        assertThat(alone.waited()).isGreaterThanOrEqualTo(3);
        assertThat(alone.count()).isGreaterThan(100 * alone.waited());
    }

    private void leavesNothingBehind() {
        await().untilAsserted(() -> {
            assertThat(proxy.connections()).isBetween(1, mostConnections());
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("reverse-rate-limiter-redis-"))
                    .hasSizeLessThanOrEqualTo(mostThreads());
        });
    }

    final void begin(Trouble trouble) {
        if (trouble.first) {
            trouble.begin(redis, proxy);
            connect();
        } else {
            connect();
            await().until(() -> isGranted());
            trouble.begin(redis, proxy);
        }
    }

    final Decisions decidesInTime(int callers, Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        Decisions these = new Decisions();
        measure(these, callers, callers == 1 ? 1 : callsEach(), Duration.ZERO, call);

        assertThat(these.quantileByTheClock(1)).isLessThan(AT_MOST);
        decisions.addAll(these);
        return these;
    }

    @AfterAll
    void nineHundredNinetyNineInAThousandEndInTime() {
        if (decisions.count() > 0) {
            assertThat(decisions.quantile(0.999))
                    .as(
                            "p99.9 of %d, without the time in which the machine stood still; p50 %s, all but one in a hundred %s,"
                                    + " the slowest %s, by the clock %s",
                            decisions.count(),
                            decisions.quantile(0.5),
                            decisions.quantile(0.99),
                            decisions.quantile(1),
                            decisions.quantileByTheClock(0.999))
                    .isLessThan(IN_TIME_ON_A_BUSY_MACHINE);
        }
    }

    /** They begin at once; each asks so often, at an interval, and again at once where a call took longer than that. */
    final void measure(
            Decisions into,
            int callers,
            int calls,
            Duration interval,
            Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        CountDownLatch start = new CountDownLatch(callers);
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            asked.add(CompletableFuture.runAsync(
                    () -> {
                        start.countDown();
                        uninterrupted(start);
                        long begun = System.nanoTime();
                        for (int j = 0; j < calls; j++) {
                            pause(interval.multipliedBy(j).minusNanos(System.nanoTime() - begun));
                            into.of(stalls, () -> call.apply(limiter)).join();
                        }
                    },
                    threads));
        }
        asked.forEach(CompletableFuture::join);
        threads.shutdown();
    }

    /** Though they reach Redis when it is back. */
    final void chargesNothingForWhatFailed(Trouble trouble) {
        begin(trouble);
        for (int i = 0; i < 3; i++) {
            ask(MANY, OutageContract::async);
        }
        trouble.end(redis, proxy);
        comesBack();

        charged(0);
    }

    /** Though all the time they reach Redis, which is well. */
    final void chargesNothingForWhatIsSlow() {
        connect();
        await().until(() -> isGranted());
        Duration delay = STORE_TIMEOUT.plusMillis(150);
        proxy.delay(delay);
        for (int i = 0; i < 3; i++) {
            ask(MANY, OutageContract::async);
        }
        proxy.delay(Duration.ZERO);
        pause(delay.multipliedBy(2)); // so long the last ones are on their way yet
        comesBack();

        charged(0);
    }

    /** However often the driver sends it. */
    final void chargesOnceWhatIsUnheardOf(Proxy.Cut cut) {
        connect();
        await().until(() -> isGranted());
        hasAConnectionForEachTrip();
        int before = counted();
        proxy.fault(Proxy.Fault.LOSE_ANSWERS);
        // One goes alone, and the others together: so many do not wait for its answer. (In more parts, where the
        // machine is slow.)
        ask(1 + TOGETHER, OutageContract::async);
        int unheard = counted() - before;
        proxy.cut(cut);
        proxy.fault(Proxy.Fault.NONE);
        comesBack();

        assertThat(unheard).as("taken, of which nobody has heard").isBetween(2, 1 + TOGETHER);
        charged(unheard);
    }

    /** What Redis has counted. */
    private int counted() {
        String total = redis.answer(
                        "EVAL \"local n=0 for _,k in ipairs(redis.call('KEYS','*acme*')) do"
                                + " n=n+struct.unpack('<I6',redis.call('GETRANGE',k,146,151)) end return 'total '..n\" 0",
                        TOTAL)
                .group(1);
        return Integer.parseInt(total);
    }

    /** Of two trips: what needs a new one gets no further than its greeting while answers are lost. */
    private void hasAConnectionForEachTrip() {
        await().until(() -> {
            ask(MANY, asked -> asked.acquireAsync(OTHER));
            return proxy.connections() >= connectionsOfTwoTrips();
        });
    }

    /** So many, and what was granted; a grant that came too late for its caller is on its way back, perhaps. */
    private void charged(int unheard) {
        await().untilAsserted(() -> {
            Acquisition last = limiter.acquire(REQUEST);
            granted += last instanceof Acquisition.Granted ? 1 : 0;

            assertThat(last.remaining()).isEqualTo(LIMIT.limit() - granted - unheard);
        });
        // And so it stays: nothing comes later yet.
        pause(STORE_TIMEOUT);
        assertThat(limiter.acquire(REQUEST).remaining()).isEqualTo(LIMIT.limit() - granted - unheard - 1);
    }

    /** One call of each. */
    final void ask(int callers, Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        measure(new Decisions(), callers, 1, Duration.ZERO, call);
    }

    static CompletableFuture<Acquisition> sync(ReverseRateLimiter limiter) {
        return CompletableFuture.completedFuture(limiter.acquire(REQUEST));
    }

    static CompletableFuture<Acquisition> async(ReverseRateLimiter limiter) {
        return limiter.acquireAsync(REQUEST);
    }

    final void comesBack() {
        List<Long> stalled = stalls.mark();
        long back = System.nanoTime();
        while (!isGranted()) {
            pause(Duration.ofMillis(5));
            assertThat(Duration.ofNanos(System.nanoTime() - back).minus(stalls.since(stalled)))
                    .as("time after which Redis is used again")
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    final boolean isGranted() {
        boolean now = limiter.acquire(REQUEST) instanceof Acquisition.Granted;
        granted += now ? 1 : 0;
        return now;
    }

    static void pause(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            return;
        }
        try {
            var unused = new Semaphore(0).tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void uninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
