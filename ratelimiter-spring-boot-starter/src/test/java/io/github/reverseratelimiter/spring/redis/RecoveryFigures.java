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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.Lifecycle;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * FAULTS row 4, in figures: how soon Redis decides again after each trouble, of some length, for callers that call often or rarely. No
 * part of the build: {@code -Dit.test=RecoveryFigures}, on a machine that does nothing else; {@code -Drecovery.millis=45000} for a long one.
 */
@Timeout(180)
class RecoveryFigures {

    private static final Duration STORE_TIMEOUT = Duration.ofMillis(250);
    private static final Duration WATCHED = Duration.ofSeconds(6);
    private static final RateLimit LIMIT = RateLimit.of(1_000_000, Duration.ofHours(1));

    /** What happens, of the whole server or of the wire of each caller. */
    enum Kind {
        FROZEN,
        KILLED,
        ASLEEP,
        BLACK_HOLE,
        ANSWERS_LOST,
        STALLED,
        CUT_AND_REFUSED,
        REFUSED;

        void begin(FragileRedis redis, Duration outage) {
            switch (this) {
                case FROZEN -> redis.freeze();
                case KILLED -> redis.kill();
                case ASLEEP -> redis.send("DEBUG SLEEP " + outage.toMillis() / 1e3);
                default -> {}
            }
        }

        void begin(Proxy proxy) {
            switch (this) {
                case BLACK_HOLE -> proxy.fault(Proxy.Fault.LOSE_REQUESTS);
                case ANSWERS_LOST -> proxy.fault(Proxy.Fault.LOSE_ANSWERS);
                case STALLED -> proxy.fault(Proxy.Fault.STALL);
                case CUT_AND_REFUSED -> {
                    proxy.refuse();
                    proxy.cut(Proxy.Cut.RST);
                }
                case REFUSED -> {
                    proxy.refuse();
                    proxy.cut(Proxy.Cut.FIN);
                }
                default -> {}
            }
        }

        void end(FragileRedis redis) {
            switch (this) {
                case FROZEN -> redis.thaw();
                case KILLED -> redis.restart();
                case ASLEEP -> redis.awaitAnswer("PING", "PONG");
                default -> {}
            }
        }

        void end(Proxy proxy) {
            switch (this) {
                case BLACK_HOLE, ANSWERS_LOST, STALLED -> proxy.fault(Proxy.Fault.NONE);
                case CUT_AND_REFUSED, REFUSED -> proxy.listen();
                default -> {}
            }
        }
    }

    private record Call(long begunNanos, long tookNanos, String answer) {}

    /** An application with one caller and a wire of its own. */
    private static final class Caller implements AutoCloseable {

        private final Kind kind;
        private final String client;
        private final boolean async;
        private final Duration interval;
        private final Proxy proxy;
        private final RedisConnectionFactory factory;
        private final ReverseRateLimiter limiter;
        private final List<Call> calls = new ArrayList<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final CreditRequest request;
        private final Thread thread = new Thread(this::run, "recovery-caller");

        Caller(Kind kind, String client, boolean async, Duration interval, int port) {
            this.kind = kind;
            this.client = client;
            this.async = async;
            this.interval = interval;
            this.proxy = Proxy.to(port);
            this.factory = client.equals("lettuce")
                    ? new LettuceConnectionFactory("127.0.0.1", proxy.port())
                    : JedisOutageIT.asSpringBootDoes(proxy.port());
            OutageContract.start(factory);
            SpringDataRedisScriptExecutor executor = new SpringDataRedisScriptExecutor(factory, STORE_TIMEOUT);
            executor.warmUp();
            this.limiter = ReverseRateLimiter.builder(new RedisCreditStore(executor, "recovery:"))
                    .storeTimeout(STORE_TIMEOUT)
                    .margin(Duration.ofHours(1))
                    .build();
            this.request = CreditRequest.of(this.toString(), LIMIT);
        }

        private void run() {
            while (!over.get()) {
                long begun = System.nanoTime();
                Acquisition answer = async ? limiter.acquireAsync(request).join() : limiter.acquire(request);
                long took = System.nanoTime() - begun;
                String said = answer instanceof Acquisition.Denied denied
                        ? denied.reason().name()
                        : "granted";
                synchronized (calls) {
                    calls.add(new Call(begun, took, said));
                }
                OutageContract.pause(interval.minusNanos(took));
            }
        }

        void forget() {
            synchronized (calls) {
                calls.clear();
            }
        }

        boolean works() {
            return limiter.acquire(request) instanceof Acquisition.Granted;
        }

        /** Calls that began a second after it was back, or later, and were not decided; with when they began and ended. */
        String failedSince(long back) {
            StringBuilder failed = new StringBuilder();
            synchronized (calls) {
                for (Call call : calls) {
                    long begun = (call.begunNanos - back) / 1_000_000;
                    if (begun >= 1_000 && !call.answer.equals("granted")) {
                        failed.append(' ').append(begun).append('+').append(call.tookNanos / 1_000_000);
                    }
                }
            }
            return failed.toString();
        }

        long usedAfterMillis(long back) {
            synchronized (calls) {
                return calls.stream()
                        .filter(call -> call.begunNanos + call.tookNanos - back > 0 && call.answer.equals("granted"))
                        .mapToLong(call -> (call.begunNanos + call.tookNanos - back) / 1_000_000)
                        .findFirst()
                        .orElse(-1);
            }
        }

        long longestMillis() {
            synchronized (calls) {
                return calls.stream().mapToLong(Call::tookNanos).max().orElse(0) / 1_000_000;
            }
        }

        @Override
        public String toString() {
            return kind + " " + client + (async ? " async " : " sync ") + interval.toMillis() + "ms";
        }

        @Override
        public void close() {
            over.set(true);
            limiter.close();
            ((Lifecycle) factory).stop();
            proxy.close();
        }
    }

    static Stream<Arguments> outages() {
        return Stream.of(System.getProperty("recovery.millis", "300,1000,5000").split(","))
                .flatMap(millis -> Stream.of(Kind.values()).map(kind -> Arguments.of(kind, Long.valueOf(millis))));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void redisIsUsedAgainWithinASecond(Kind kind, long outageMillis) {
        Duration outage = Duration.ofMillis(outageMillis);
        Stalls stalls = new Stalls();
        List<Caller> callers = new ArrayList<>();
        try (FragileRedis redis = FragileRedis.start("enable-debug-command yes")) {
            for (String client : List.of("lettuce", "jedis")) {
                for (boolean async : new boolean[] {false, true}) {
                    for (int interval : new int[] {100, 400, 2_000}) {
                        callers.add(new Caller(kind, client, async, Duration.ofMillis(interval), redis.port()));
                    }
                }
            }
            callers.forEach(caller -> await().atMost(Duration.ofSeconds(30)).until(caller::works));
            callers.forEach(caller -> caller.thread.start());
            OutageContract.pause(Duration.ofSeconds(3));
            callers.forEach(Caller::forget);

            kind.begin(redis, outage);
            callers.forEach(caller -> kind.begin(caller.proxy));
            OutageContract.pause(outage);
            kind.end(redis);
            callers.forEach(each -> kind.end(each.proxy));
            long back = System.nanoTime();
            List<Long> stalled = stalls.mark();
            OutageContract.pause(WATCHED);
            Duration stood = stalls.since(stalled);
            callers.forEach(caller -> caller.over.set(true));

            List<String> late = new ArrayList<>();
            for (Caller caller : callers) {
                String failed = caller.failedSince(back + stood.toNanos());
                System.out.printf(
                        "%6d ms %-32s used after %5d ms, longest call %4d ms, stalled %4d ms%s%n",
                        outageMillis,
                        caller,
                        caller.usedAfterMillis(back),
                        caller.longestMillis(),
                        stood.toMillis(),
                        failed.isEmpty() ? "" : ", failed later than 1 s:" + failed);
                if (!failed.isEmpty() || caller.usedAfterMillis(back) < 0) {
                    late.add(caller + ":" + failed);
                }
            }
            assertThat(late).isEmpty();
        } finally {
            callers.forEach(Caller::close);
            stalls.close();
        }
    }
}
