package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Credits counted in Redis, for all instances that use the same Redis and key prefix. One clock decides: the server's.
 *
 * <p>All windows of a key live in one string, whose format carries a version; a decision is one EVALSHA of
 * {@code credits.lua} beside this class, where the algorithm is told.
 */
public final class RedisCreditStore implements CreditStore {

    /** Prefix of all names in Redis unless another is given. */
    public static final String DEFAULT_KEY_PREFIX = "rrl:";

    private static final System.Logger LOG = System.getLogger(RedisCreditStore.class.getName());
    private static final RedisScript SCRIPT =
            RedisScript.load("credits.lua", "93b435dc5c91e95ae783d7e159b9ea2ddda48d8b");
    private static final long SERVER_TIME = 0;
    private static final long FOREVER_NANOS = Duration.ofDays(1).toNanos();

    /** A pause that reaches the server later than that is shortened by what is more. */
    private static final Duration LATE_PAUSE = Duration.ofSeconds(1);

    /** Longer than a state outlives its need. */
    private static final Duration SELF_TEST_MARGIN = Duration.ofSeconds(6);

    private final RedisScriptExecutor executor;
    private final RedisKeys keys;
    private final TimeSource time;
    private final RemoteClock clock;
    private final LongSupplier scriptTime;
    private final AtomicBoolean toldOfRights = new AtomicBoolean();
    private final SharedTrips trips;
    private final SharedEnds ends;

    /**
     * A store on this connection to Redis, which is closed with the store.
     *
     * @throws IllegalArgumentException if the prefix is null or empty
     */
    public RedisCreditStore(RedisScriptExecutor executor, String keyPrefix) {
        this(executor, keyPrefix, TimeSource.system(), () -> SERVER_TIME);
    }

    /**
     * A store all of whose keys carry {@code {hashTag}}: a cluster keeps them in one slot, and can take credits of several
     * together. An empty hash tag is none.
     *
     * @throws IllegalArgumentException if the prefix is null or empty, or there are braces where they defeat the hash tag
     */
    public RedisCreditStore(RedisScriptExecutor executor, String keyPrefix, String hashTag) {
        this(executor, new RedisKeys(keyPrefix, hashTag), TimeSource.system(), () -> SERVER_TIME);
    }

    /**
     * A store in whose names no key can be read: an HMAC-SHA-256 with this secret stands for it, which must be the same
     * wherever credits are to be counted together. The names of limiters are as ever. Another secret gives all keys new
     * names.
     *
     * @throws IllegalArgumentException if the secret has less than 16 bytes, or one of the others will not do
     */
    public RedisCreditStore(RedisScriptExecutor executor, String keyPrefix, String hashTag, byte[] keySecret) {
        this(
                executor,
                new RedisKeys(keyPrefix, hashTag, new KeyHash(keySecret)),
                TimeSource.system(),
                () -> SERVER_TIME);
    }

    /** As tests need it: with a local clock, and with a time in microseconds that is handed to the script. */
    RedisCreditStore(RedisScriptExecutor executor, String keyPrefix, TimeSource time, LongSupplier scriptTime) {
        this(executor, new RedisKeys(keyPrefix), time, scriptTime);
    }

    private RedisCreditStore(RedisScriptExecutor executor, RedisKeys keys, TimeSource time, LongSupplier scriptTime) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.keys = keys;
        this.time = time;
        this.clock = new RemoteClock(time);
        this.scriptTime = scriptTime;
        this.trips = new SharedTrips(this::takeShared, time);
        this.ends = new SharedEnds(this::endedTogether, time);
    }

    /** The script, for those who preload it. */
    public static RedisScript script() {
        return SCRIPT;
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        boolean alone = call.flight().isPresent() || call.requests().size() != 1;
        return alone ? decide(call) : trips.take(call);
    }

    /** On a trip of its own. */
    CompletionStage<Reply> decide(Call call) {
        byte[][] wish = {Wish.take(call, scriptTime.getAsLong())};
        return inTime(List.of(call), wish, Answer::reply);
    }

    /** Of several callers, which travel together. */
    private CompletionStage<Reply> takeShared(Call call) {
        if (call.requests().size() == 1) {
            return decide(call);
        }
        long trip = Request.newId();
        byte[][] wish = {Wish.takeShared(call, trip, scriptTime.getAsLong())};
        return inTime(List.of(call), wish, answer -> {
            if (answer.lost()) {
                throw new CreditStoreException(
                        CreditStoreException.Reason.CONNECTION,
                        "Redis has answered requests of limiter '" + call.key().limiter()
                                + "', but the answer was lost: they are counted, and must not be used");
            }
            Reply reply = answer.replyTo(call.requests());
            return new Reply(
                    reply.now(),
                    reply.clock(),
                    reply.held(),
                    reply.otherLimits(),
                    reply.decisions(),
                    OptionalLong.of(trip));
        });
    }

    @Override
    public CompletionStage<List<Reply>> takeAll(List<Call> calls) {
        checkDifferent(calls);
        try {
            checkSeveralKeys();
        } catch (CreditStoreMisconfiguredException e) {
            return CompletableFuture.failedFuture(e);
        }
        long now = scriptTime.getAsLong();
        byte[][] wishes = calls.stream().map(call -> Wish.takeAll(call, now)).toArray(byte[][]::new);
        return inTime(calls, wishes, answer -> answer.replies(calls.size()));
    }

    @Override
    public void checkSeveralKeys() {
        if (executor.placement() == RedisScriptExecutor.Placement.BY_SLOT && !keys.areInOneSlot()) {
            throw new CreditStoreMisconfiguredException(
                    CreditStoreException.Reason.CROSS_SLOT,
                    "Credits of several keys can be taken together on a Redis cluster"
                            + " only where all keys are in one slot: set reverse-rate-limiter.hash-tag");
        }
    }

    private static void checkDifferent(List<Call> calls) {
        if (calls.stream().map(Call::key).distinct().count() < calls.size()) {
            throw new IllegalArgumentException(
                    "two calls have the same key: credits of one key are taken with one call of all its windows");
        }
    }

    /** Sends it; the timeouts of its calls are alike. */
    private <T> CompletionStage<T> inTime(List<Call> calls, byte[][] wishes, Function<Answer, T> reading) {
        Call first = calls.get(0);
        long end = time.nanoTime() + first.timeout().toNanos();
        byte[][] names = names(calls);
        return send(names, wishes, end).thenCompose(answer -> {
            if (!answer.late()) {
                return CompletableFuture.completedFuture(reading.apply(answer));
            }
            // The server's clock is not where we believed: once more, by what it has just told us.
            byte[][] again = wishes.clone();
            again[0] = wishes[0].clone();
            return send(names, again, end).thenApply(second -> {
                if (second.late()) {
                    throw new CreditStoreException(
                            CreditStoreException.Reason.TIMEOUT,
                            "Redis got to a request of limiter '"
                                    + first.key().limiter() + "' later than " + first.timeout()
                                    + ": nothing was charged; is Redis slow, or store-timeout too short?");
                }
                return reading.apply(second);
            });
        });
    }

    private byte[][] names(List<Call> calls) {
        byte[][] names = new byte[calls.size()][];
        for (int i = 0; i < names.length; i++) {
            names[i] = keys.name(calls.get(i).key());
        }
        return names;
    }

    /**
     * Tries whether Redis lets the script do all that it ever does. It takes three credits of a key that nobody else uses,
     * which is gone after some seconds. The first time the script is sent whole, though the server may know it: it forgets
     * it one day. The stage fails as that of {@link #take} does.
     *
     * @param timeout for each of the two trips, as of a call
     */
    public CompletionStage<Void> selfTest(Duration timeout) {
        CreditKey key = new CreditKey("", "self-test:" + Request.newId());
        // The state is laid by the first, by the long way since it takes twice (EXISTS, SET), and changed by the second
        // (SETRANGE), which it must outlive (PEXPIRE).
        Call lays = selfTest(key, 2, Duration.ZERO, timeout);
        byte[][] wish = {Wish.take(lays, scriptTime.getAsLong())};
        return executor.execute(SCRIPT.asIfForgotten(), names(List.of(lays)), wish)
                .thenCompose(laid -> take(selfTest(key, 1, SELF_TEST_MARGIN, timeout)))
                .thenAccept(changed -> {});
    }

    private static Call selfTest(CreditKey key, int takes, Duration margin, Duration timeout) {
        List<Request> requests = Stream.generate(() -> new Request(1, 0, Request.newId()))
                .limit(takes)
                .toList();
        return new Call(key, List.of(RateLimit.of(3, Duration.ofMillis(1))), margin, requests, timeout);
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        return send(key, Wish.refund(credits, at, scriptTime.getAsLong())).thenApply(answer -> (int) answer.first());
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, Refund refund) {
        return send(key, Wish.refund(refund, scriptTime.getAsLong())).thenApply(answer -> (int) answer.first());
    }

    @Override
    public CompletionStage<Integer> refundAgain(CreditKey key, Refund refund) {
        return send(key, Wish.refundAgain(refund, scriptTime.getAsLong())).thenApply(answer -> {
            if (answer.tooEarly()) {
                throw new CreditStoreException(
                        CreditStoreException.Reason.TIMEOUT,
                        "the first try to give credits of limiter '" + key.limiter()
                                + "' back may reach Redis yet, so nothing was done: try again in "
                                + ((refund.until() - answer.now()) / 1_000 + 1) + " ms");
            }
            return (int) answer.first();
        });
    }

    @Override
    public CompletionStage<Held> pause(CreditKey key, Duration duration) {
        long sent = time.nanoTime();
        long end = latestEnd(duration);
        return send(key, Wish.pause(duration, end, scriptTime.getAsLong())).thenCompose(answer -> {
            boolean inTime = time.nanoTime() - sent < LATE_PAUSE.toNanos();
            if (end > 0 && inTime && answer.time() + Wish.micros(duration) > end) {
                // It was not late: the server's clock is not where we believed. Once more, by what it has just told us.
                return send(key, Wish.pause(duration, latestEnd(duration), scriptTime.getAsLong()))
                        .thenApply(RedisCreditStore::held);
            }
            return CompletableFuture.completedFuture(held(answer));
        });
    }

    private static Held held(Answer answer) {
        return new Held(answer.now(), answer.held());
    }

    /** On the server's clock; 0 as long as that is not known. */
    private long latestEnd(Duration duration) {
        long now = clock.latestMicros();
        return now == 0 ? 0 : now + Wish.micros(LATE_PAUSE) + Wish.micros(duration);
    }

    @Override
    public CompletionStage<Boolean> ended(Call call) {
        return ends.ended(call);
    }

    private CompletionStage<Boolean> endedTogether(Call call) {
        long now = scriptTime.getAsLong();
        return isKnown(
                call,
                call.requests().size() == 1 ? Wish.ended(call, now) : Wish.endedTogether(call, Request.newId(), now));
    }

    @Override
    public CompletionStage<Boolean> notMade(Call call, long request) {
        return isKnown(call, Wish.notMade(call, request, scriptTime.getAsLong()));
    }

    @Override
    public CompletionStage<Boolean> withdrawn(Call call, long request) {
        return isKnown(call, Wish.withdrawn(call, request, scriptTime.getAsLong()));
    }

    @Override
    public CompletionStage<Boolean> goesOn(Call call) {
        return isKnown(call, Wish.goesOn(call, scriptTime.getAsLong()));
    }

    @Override
    public void whenCalled(int instance, LongConsumer request) {
        executor.subscribe(CalledUp.channel(instance), CalledUp.reading(request));
    }

    @Override
    public void whenReachable(Runnable listener) {
        executor.whenOpened(listener);
    }

    @Override
    public void tellThrough(Executor teller) {
        trips.tellThrough(teller);
    }

    private CompletionStage<Boolean> isKnown(Call call, byte[] wish) {
        return send(call.key(), wish).thenApply(answer -> answer.lost() || answer.first() == 1);
    }

    @Override
    public void close() {
        ends.flush();
        executor.close();
    }

    private CompletionStage<Answer> send(CreditKey key, byte[] wish) {
        return send(new byte[][] {keys.name(key)}, new byte[][] {wish}, time.nanoTime() + FOREVER_NANOS);
    }

    /** The script looks at the deadline of the first wish. */
    private CompletionStage<Answer> send(byte[][] names, byte[][] wishes, long end) {
        long sent = time.nanoTime();
        Wish.deadline(wishes[0], clock.micros(end - sent));
        return executor.execute(SCRIPT, names, wishes).thenApply(reply -> {
            Answer answer = new Answer(reply);
            clock.learn(sent, answer.time());
            if (answer.nobodyTold() && !toldOfRights.getAndSet(true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Redis does not let the script tell those who wait for a call to end (PUBLISH): they go on, but"
                                + " later than they might; give the user the rights +publish +subscribe &rrl:called:*");
            }
            return answer;
        });
    }
}
