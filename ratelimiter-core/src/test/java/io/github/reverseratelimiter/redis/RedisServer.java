package io.github.reverseratelimiter.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real Redis for tests, one for all of them in this JVM: the one that {@code REDIS_URI} names, else the binary that
 * the build brings. Tests that flush or stop a server start one of their own with {@link #start()}.
 */
public final class RedisServer implements AutoCloseable, ParameterResolver {

    private static final int FIRST_PORT = 10_000;
    private static final int LAST_PORT = 22_000;

    private static @Nullable RedisServer shared;

    private final redis.embedded.@Nullable RedisServer process;
    private final String uri;

    /** For {@code @ExtendWith}: resolves a parameter of this type with the shared server. */
    public RedisServer() {
        this(null, "");
    }

    private RedisServer(redis.embedded.@Nullable RedisServer process, String uri) {
        this.process = process;
        this.uri = uri;
    }

    /** The server that all tests of this JVM share; never flushed. */
    public static synchronized RedisServer shared() {
        RedisServer server = shared;
        if (server == null) {
            String given = System.getenv("REDIS_URI");
            server = given != null ? new RedisServer(null, given) : start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            shared = server;
        }
        return server;
    }

    /** A server of the test's own, to be closed by it. */
    public static RedisServer start() {
        return start(List.of());
    }

    /** With settings of its own, as they stand in redis.conf. */
    static RedisServer start(List<String> settings) {
        int port = freePort();
        redis.embedded.RedisServer process = process(port, settings);
        process.start();
        return new RedisServer(process, uri(port));
    }

    /** A server on 127.0.0.1 that is not started yet. */
    static redis.embedded.RedisServer process(int port, List<String> settings) {
        redis.embedded.RedisServerBuilder builder = redis.embedded.RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .setting("appendonly no")
                .setting("enable-debug-command yes");
        settings.forEach(builder::setting);
        return builder.build();
    }

    /**
     * A port at which nobody listens at the moment. It lies below those that systems give to connections: a server that is
     * stopped for a while finds it free again.
     */
    public static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // somebody has it
            }
        }
    }

    static String uri(int port) {
        return "redis://127.0.0.1:" + port;
    }

    /** Where it listens: {@code redis://127.0.0.1:port}. */
    public String uri() {
        return uri;
    }

    /** A new connection of a new client, both to be closed by {@link LettuceScriptExecutor#close()}. */
    public LettuceScriptExecutor executor() {
        return LettuceScriptExecutor.to(uri);
    }

    /** Stops a server of the test's own; {@link #startAgain()} starts it at the same address, without what it held. */
    public void stop() {
        close();
    }

    /** Starts what was stopped. */
    public void startAgain() {
        Objects.requireNonNull(process, "a server of the test's own").start();
    }

    @Override
    public void close() {
        if (process != null) {
            process.stop();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RedisServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shared();
    }
}
