package io.github.reverseratelimiter.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.reverseratelimiter.benchmarks.PlainZsetScript;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What one would write oneself, and less: bare commands on one shared connection. */
final class Bare implements Gate {

    static final String TRIVIAL = "return 1";

    /** Reads the clock and what was, and writes what is. */
    private static final String LEAST = """
            local time = redis.call('TIME')
            local before = redis.call('GETRANGE', KEYS[1], 0, 9)
            redis.call('SETRANGE', KEYS[1], 0, time[1])
            return #before
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final byte[][][] keys;
    private final Command command;
    private final Answer answer;

    private Bare(Site site, String prefix, Maker maker, Answer answer) {
        this.client = RedisClient.create(site.redis());
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
        this.keys = Arrays.stream(site.names(prefix))
                .map(name -> new byte[][] {name.getBytes(UTF_8)})
                .toArray(byte[][][]::new);
        this.command = maker.command(connection);
        this.answer = answer;
    }

    /** Sends a command for a key. */
    @FunctionalInterface
    private interface Command {
        CompletionStage<Long> send(byte[][] keys);
    }

    @FunctionalInterface
    private interface Maker {
        Command command(StatefulRedisConnection<byte[], byte[]> connection);
    }

    @FunctionalInterface
    private interface Answer {
        boolean grants(long reply);
    }

    /** A script that does nothing: the yardstick. */
    static Gate trivial(Site site) {
        return script(site, "trivial:", TRIVIAL);
    }

    /** The least that an exact script can do: without it nothing is counted. */
    static Gate least(Site site) {
        return script(site, "least:", LEAST);
    }

    private static Gate script(Site site, String prefix, String body) {
        return new Bare(
                site,
                prefix,
                connection -> {
                    String sha = connection.sync().scriptLoad(body.getBytes(UTF_8));
                    RedisAsyncCommands<byte[], byte[]> commands = connection.async();
                    return keys -> commands.evalsha(sha, ScriptOutputType.INTEGER, keys);
                },
                reply -> true);
    }

    /** The cheapest command that counts. */
    static Gate incr(Site site) {
        return new Bare(
                site,
                "incr:",
                connection -> {
                    RedisAsyncCommands<byte[], byte[]> commands = connection.async();
                    return keys -> commands.incr(keys[0]);
                },
                reply -> true);
    }

    /** The sliding window as it is usually written. */
    static Gate zset(Site site) {
        byte[] limit = Integer.toString(site.limit().limit()).getBytes(UTF_8);
        byte[] window = Long.toString(site.limit().windowMicros()).getBytes(UTF_8);
        return new Bare(
                site,
                "zset:",
                connection -> {
                    String sha = connection.sync().scriptLoad(PlainZsetScript.BODY.getBytes(UTF_8));
                    RedisAsyncCommands<byte[], byte[]> commands = connection.async();
                    return keys -> commands.evalsha(sha, ScriptOutputType.INTEGER, keys, limit, window, member());
                },
                reply -> reply == 0);
    }

    private static byte[] member() {
        return Long.toString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX)
                .getBytes(UTF_8);
    }

    @Override
    public boolean pass(int account) {
        return answer.grants(reply(account));
    }

    @Override
    public CompletionStage<Boolean> passAsync(int account) {
        return command.send(keys[account]).thenApply(answer::grants);
    }

    /** Asks again when the answer said. */
    @Override
    public boolean await(int account, Duration longest) throws InterruptedException {
        for (long wait = reply(account); wait > 0; wait = reply(account)) {
            TimeUnit.MICROSECONDS.sleep(wait);
        }
        return true;
    }

    private long reply(int account) {
        try {
            return Objects.requireNonNull(
                    command.send(keys[account]).toCompletableFuture().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
