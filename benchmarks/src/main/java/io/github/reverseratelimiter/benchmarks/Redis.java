package io.github.reverseratelimiter.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A real Redis, and the counters it keeps of its commands. */
public final class Redis implements AutoCloseable {

    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");
    private static final Pattern CPU = Pattern.compile("^used_cpu_(?:sys|user):([0-9.]+)", Pattern.MULTILINE);
    private static final Set<String> OURS = Set.of("config|resetstat", "info");
    private static final Pattern COMMAND =
            Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+)", Pattern.MULTILINE);

    private final @Nullable RedisServer server;
    private final RedisURI uri;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    private Redis(@Nullable RedisServer server, RedisURI uri) {
        this.server = server;
        this.uri = uri;
        this.client = RedisClient.create(uri);
        this.connection = client.connect();
        connection.setTimeout(Duration.ofMinutes(1));
    }

    /** The one that {@code REDIS_URI} names, else one of our own. Its counters are reset again and again. */
    public static Redis open() throws IOException {
        String given = System.getenv("REDIS_URI");
        return given == null ? start() : new Redis(null, RedisURI.create(given));
    }

    /** One of our own: the binary that the build brings. */
    public static Redis start() throws IOException {
        int port = freePort();
        RedisServer server = RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        return new Redis(server, RedisURI.create("127.0.0.1", port));
    }

    /** Where it is. */
    public RedisURI uri() {
        return uri;
    }

    /** As it calls itself. */
    public String version() {
        Matcher matcher = VERSION.matcher(connection.sync().info("server"));
        return matcher.find() ? matcher.group(1) : "of unknown version";
    }

    /** Another connection, for bytes, to be closed by the caller. */
    StatefulRedisConnection<byte[], byte[]> connect() {
        return client.connect(ByteArrayCodec.INSTANCE);
    }

    RedisClient client() {
        return client;
    }

    /** What the scripts did since the counters were last reset. */
    public record Usage(long scripts, long micros, long calls) {

        /** Mean time of a script. */
        public double microsPerScript() {
            return (double) micros / scripts;
        }

        /** Mean number of commands inside a script. */
        public double callsPerScript() {
            return (double) calls / scripts;
        }
    }

    /** The SHA-1 by which the server knows this script from now on. */
    public String load(String script) {
        return connection.sync().scriptLoad(script);
    }

    /** Runs a script that answers numbers. */
    public List<Long> run(String sha, String[] keys, String... args) {
        return connection.sync().evalsha(sha, ScriptOutputType.MULTI, keys, args);
    }

    /** Runs a script that answers a number. */
    public long runForNumber(String sha, String[] keys, String... args) {
        Long number = connection.sync().evalsha(sha, ScriptOutputType.INTEGER, keys, args);
        return number;
    }

    /** Runs one script many times, all of them sent at once. */
    public void runAll(String sha, String[] keys, List<String[]> calls) {
        List<RedisFuture<Object>> replies = new ArrayList<>(calls.size());
        connection.setAutoFlushCommands(false);
        for (String[] args : calls) {
            replies.add(connection.async().evalsha(sha, ScriptOutputType.MULTI, keys, args));
        }
        connection.flushCommands();
        connection.setAutoFlushCommands(true);
        for (RedisFuture<Object> reply : replies) {
            await(reply);
        }
    }

    /** Sets the counters to zero. */
    public void resetCounters() {
        connection.sync().configResetstat();
    }

    /** What the scripts did since then. */
    public Usage usage() {
        long scripts = 0;
        long micros = 0;
        long calls = 0;
        Matcher matcher = COMMAND.matcher(connection.sync().info("commandstats"));
        while (matcher.find()) {
            if (matcher.group(1).equals("evalsha")) {
                scripts = Long.parseLong(matcher.group(2));
                micros = Long.parseLong(matcher.group(3));
            } else if (!OURS.contains(matcher.group(1))) {
                calls += Long.parseLong(matcher.group(2));
            }
        }
        return new Usage(scripts, micros, calls);
    }

    /** How often each command ran since then, inside scripts or not. */
    public Map<String, Long> commands() {
        Map<String, Long> commands = new TreeMap<>();
        Matcher matcher = COMMAND.matcher(connection.sync().info("commandstats"));
        while (matcher.find()) {
            if (!OURS.contains(matcher.group(1))) {
                commands.put(matcher.group(1), Long.parseLong(matcher.group(2)));
            }
        }
        return commands;
    }

    boolean expires(String key) {
        return connection.sync().pttl(key) > 0;
    }

    void keep(String... keys) {
        for (String key : keys) {
            connection.sync().expire(key, Duration.ofHours(1));
        }
    }

    /** Adds so many members like those of the ZSET script to a sorted set, without running it so often. */
    void fillSortedSet(String key, int size, long begin, long pace) {
        List<Object> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long stamp = begin + i * pace;
            batch.add((double) stamp);
            batch.add(String.format(Locale.ROOT, "%06d%d", i % 1_000_000, stamp));
            if (batch.size() == 2_000 || i == size - 1) {
                connection.sync().zadd(key, batch.toArray());
                batch.clear();
            }
        }
    }

    /** MEMORY USAGE of these keys, all of their elements counted. */
    public long memory(String... keys) {
        long bytes = 0;
        for (String key : keys) {
            CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8)
                    .add("USAGE")
                    .addKey(key)
                    .add("SAMPLES")
                    .add(0);
            Long usage = connection.sync().dispatch(CommandType.MEMORY, new IntegerOutput<>(StringCodec.UTF8), args);
            bytes += usage == null ? 0 : usage;
        }
        return bytes;
    }

    /** All that it holds. */
    public List<String> keys() {
        return connection.sync().keys("*");
    }

    /** Forgets all that it holds, but not its scripts: only for one of our own. */
    public void forgetAll() {
        connection.sync().flushall();
    }

    /** CPU time that it has used since it began, in seconds. */
    public double cpuSeconds() {
        double seconds = 0;
        Matcher matcher = CPU.matcher(connection.sync().info("cpu"));
        while (matcher.find()) {
            seconds += Double.parseDouble(matcher.group(1));
        }
        return seconds;
    }

    /** Deletes these keys. */
    public void delete(String... keys) {
        connection.sync().del(keys);
    }

    @Override
    public void close() throws IOException {
        connection.close();
        client.shutdown();
        if (server != null) {
            server.stop();
        }
    }

    private static void await(RedisFuture<Object> reply) {
        try {
            reply.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
