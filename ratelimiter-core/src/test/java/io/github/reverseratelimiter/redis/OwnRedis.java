package io.github.reverseratelimiter.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Redis that the tests of a class have for themselves, as a static {@code @RegisterExtension}: they may flush it, and
 * count what it was asked.
 */
public final class OwnRedis implements BeforeAllCallback, AfterAllCallback {

    private @Nullable RedisServer server;
    private @Nullable LettuceScriptExecutor executor;

    @Override
    public void beforeAll(ExtensionContext context) {
        RedisServer started = RedisServer.start();
        server = started;
        executor = started.executor();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Objects.requireNonNull(executor, "started").close();
        server().close();
    }

    public RedisServer server() {
        return Objects.requireNonNull(server, "started");
    }

    /** Commands of the test, on a connection of its own. */
    public RedisCommands<byte[], byte[]> commands() {
        return Objects.requireNonNull(executor, "started").commands();
    }

    /** Gives the user "app" these rights. */
    public void allow(String... rules) {
        Objects.requireNonNull(executor, "started").allow(rules);
    }

    /** How often this command was called, inside scripts or not, since the counters were last reset. */
    public long calls(String command) {
        return counted(command, "calls=");
    }

    /** How often it failed. */
    public long failures(String command) {
        return counted(command, "failed_calls=");
    }

    private long counted(String command, String name) {
        return commands()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> number(line, name))
                .sum();
    }

    private static long number(String line, String name) {
        int begin = line.indexOf(name) + name.length();
        int end = line.indexOf(',', begin);
        return Long.parseLong(line.substring(begin, end < 0 ? line.length() : end));
    }
}
