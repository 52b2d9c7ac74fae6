package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditKey;
import io.github.reverseratelimiter.CreditStore;
import io.github.reverseratelimiter.CreditStoreException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.time.RemoteClock;
import io.github.reverseratelimiter.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Credits counted in Redis, for all instances that use the same Redis and key prefix. One clock decides: the server's.
 *
 * <p>All windows of a key live in one string, whose format carries a version; a decision is one EVALSHA of
 * {@code credits.lua} beside this class, where the algorithm is told.
 */
public final class RedisCreditStore implements CreditStore {

    /** Prefix of all names in Redis unless another is given. */
    public static final String DEFAULT_KEY_PREFIX = "rrl:";

    private static final RedisScript SCRIPT = RedisScript.load("credits.lua");
    private static final byte[] SERVER_TIME = {};
    private static final byte[] ZERO = {'0'};
    private static final byte[] TAKE = {'T'};
    private static final byte[] REFUND = {'R'};
    private static final byte[] PAUSE = {'P'};
    private static final long FOREVER_NANOS = Duration.ofDays(1).toNanos();

    private final RedisScriptExecutor executor;
    private final RedisKeys keys;
    private final TimeSource time;
    private final RemoteClock clock;
    private final Supplier<byte[]> scriptTime;

    /**
     * A store on this connection to Redis, which is closed with the store.
     *
     * @throws IllegalArgumentException if the prefix is empty
     */
    public RedisCreditStore(RedisScriptExecutor executor, String keyPrefix) {
        this(executor, keyPrefix, TimeSource.system(), () -> SERVER_TIME);
    }

    /** As tests need it: with a local clock, and with a time in microseconds that is handed to the script. */
    RedisCreditStore(RedisScriptExecutor executor, String keyPrefix, TimeSource time, Supplier<byte[]> scriptTime) {
        this.executor = Objects.requireNonNull(executor, "executor");
        if (keyPrefix.isEmpty()) {
            throw new IllegalArgumentException(
                    "key-prefix must not be empty: it keeps our keys apart from yours; give \"rrl:\", for example");
        }
        this.keys = new RedisKeys(keyPrefix);
        this.time = time;
        this.clock = new RemoteClock(time);
        this.scriptTime = scriptTime;
    }

    /** The script, for those who preload it. */
    public static RedisScript script() {
        return SCRIPT;
    }

    @Override
    public CompletionStage<Reply> take(Call call) {
        long end = time.nanoTime() + call.timeout().toNanos();
        byte[] name = keys.name(call.key());
        return send(name, arguments(call), end).thenCompose(answer -> {
            Answer first = new Answer(answer);
            if (!first.late()) {
                return CompletableFuture.completedFuture(first.reply());
            }
            // The server's clock is not where we believed: once more, by what it has just told us.
            return send(name, arguments(call), end).thenApply(again -> {
                Answer second = new Answer(again);
                if (second.late()) {
                    throw new CreditStoreException("Redis got to a request of limiter '"
                            + call.key().limiter() + "' later than " + call.timeout()
                            + ": nothing was charged; is Redis slow, or store-timeout too short?");
                }
                return second.reply();
            });
        });
    }

    @Override
    public CompletionStage<Integer> refund(CreditKey key, int credits, long at) {
        List<byte[]> arguments = bare();
        arguments.add(REFUND);
        arguments.add(number(credits));
        arguments.add(number(at));
        arguments.add(sixBytes(ThreadLocalRandom.current().nextLong(1, 1L << 48)));
        return send(keys.name(key), arguments, time.nanoTime() + FOREVER_NANOS)
                .thenApply(answer -> new Answer(answer).first().intValue());
    }

    @Override
    public CompletionStage<Long> pause(CreditKey key, Duration duration) {
        List<byte[]> arguments = bare();
        arguments.add(PAUSE);
        arguments.add(number(duration.toNanos() / 1_000));
        arguments.add(ZERO);
        arguments.add(ZERO);
        return send(keys.name(key), arguments, time.nanoTime() + FOREVER_NANOS)
                .thenApply(answer -> new Answer(answer).held());
    }

    @Override
    public void close() {
        executor.close();
    }

    private List<byte[]> arguments(Call call) {
        List<byte[]> arguments = new ArrayList<>(
                4 + 2 * call.limits().size() + 4 * call.requests().size());
        arguments.add(scriptTime.get());
        arguments.add(ZERO);
        arguments.add(number((call.margin().toNanos() + 999) / 1_000));
        arguments.add(number(call.limits().size()));
        for (RateLimit limit : ordered(call.limits())) {
            arguments.add(number(limit.windowMicros()));
            arguments.add(number(limit.limit()));
        }
        for (Request request : call.requests()) {
            arguments.add(TAKE);
            arguments.add(number(request.credits()));
            arguments.add(number(request.maxWait()));
            arguments.add(sixBytes(request.id()));
        }
        return arguments;
    }

    /** In the order in which the state holds them: then the script takes its short way. */
    private static List<RateLimit> ordered(List<RateLimit> limits) {
        if (limits.size() == 1) {
            return limits;
        }
        List<RateLimit> ordered = new ArrayList<>(limits);
        ordered.sort(Comparator.comparingInt(RateLimit::limit).thenComparing(RateLimit::window));
        return ordered;
    }

    private List<byte[]> bare() {
        List<byte[]> arguments = new ArrayList<>(8);
        arguments.add(scriptTime.get());
        arguments.add(ZERO);
        arguments.add(ZERO);
        arguments.add(ZERO);
        return arguments;
    }

    private CompletionStage<List<Long>> send(byte[] name, List<byte[]> arguments, long end) {
        long sent = time.nanoTime();
        arguments.set(1, number(clock.micros(end - sent)));
        return executor.execute(SCRIPT, name, arguments).thenApply(answer -> {
            clock.learn(sent, answer.get(0));
            return answer;
        });
    }

    private static byte[] sixBytes(long id) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (id >>> (8 * i));
        }
        return bytes;
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** The integers of a reply, as the script's header lists them. */
    private record Answer(List<Long> values) {

        private static final int OTHERS = 1;
        private static final int LATE = 2;
        private static final int FRONT = 4;

        boolean late() {
            return (values.get(3) & LATE) != 0;
        }

        long held() {
            return values.get(2);
        }

        Long first() {
            return values.get(FRONT);
        }

        Reply reply() {
            List<Decision> decisions = new ArrayList<>((values.size() - FRONT) / 4);
            for (int i = FRONT; i < values.size(); i += 4) {
                long at = values.get(i + 1);
                int remaining = values.get(i + 2).intValue();
                long next = values.get(i + 3);
                decisions.add(
                        switch (values.get(i).intValue()) {
                            case 0 -> new Decision.Taken(at, remaining, next);
                            case 1 -> new Decision.Refused(at, remaining, next);
                            default -> new Decision.Paused(at, remaining, next);
                        });
            }
            return new Reply(values.get(1), held(), (values.get(3) & OTHERS) != 0, decisions);
        }
    }
}
