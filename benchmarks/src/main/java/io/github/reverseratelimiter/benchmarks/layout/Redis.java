package io.github.reverseratelimiter.benchmarks.layout;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
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
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.RedisServer;

/** A real Redis of our own, and the counters it keeps of its commands. */
final class Redis implements AutoCloseable {

    private static final Pattern COMMAND =
            Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+)", Pattern.MULTILINE);

    private final RedisServer server;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    Redis() throws IOException {
        int port = freePort();
        server = RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        connection = client.connect();
        connection.setTimeout(Duration.ofMinutes(1));
    }

    /** What the scripts did since the counters were last reset. */
    record Usage(long scripts, long micros, long calls) {

        double microsPerScript() {
            return (double) micros / scripts;
        }

        double callsPerScript() {
            return (double) calls / scripts;
        }
    }

    String load(String script) {
        return connection.sync().scriptLoad(script);
    }

    List<Long> run(String sha, String[] keys, String... args) {
        return connection.sync().evalsha(sha, ScriptOutputType.MULTI, keys, args);
    }

    long runForNumber(String sha, String[] keys, String... args) {
        Long number = connection.sync().evalsha(sha, ScriptOutputType.INTEGER, keys, args);
        return number;
    }

    /** Runs one script many times, all of them sent at once. */
    void runAll(String sha, String[] keys, List<String[]> calls) {
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

    void resetCounters() {
        connection.sync().configResetstat();
    }

    Usage usage() {
        long scripts = 0;
        long micros = 0;
        long calls = 0;
        Matcher matcher = COMMAND.matcher(connection.sync().info("commandstats"));
        while (matcher.find()) {
            if (matcher.group(1).equals("evalsha")) {
                scripts = Long.parseLong(matcher.group(2));
                micros = Long.parseLong(matcher.group(3));
            } else if (!matcher.group(1).startsWith("config")) {
                calls += Long.parseLong(matcher.group(2));
            }
        }
        return new Usage(scripts, micros, calls);
    }

    long memory(String... keys) {
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

    void delete(String... keys) {
        connection.sync().del(keys);
    }

    @Override
    public void close() throws IOException {
        connection.close();
        client.shutdown();
        server.stop();
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
