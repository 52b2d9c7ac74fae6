package io.github.reverseratelimiter.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import redis.embedded.RedisServer;

/** The Redis of the demonstration: yours if {@code spring.data.redis} says where it is, else one that is started here. */
sealed interface SampleRedis extends AutoCloseable {

    /** Properties by which the instances find it. */
    Map<String, Object> properties();

    @Override
    void close();

    /** The Redis that this environment asks for, running. */
    static SampleRedis start(Environment environment) {
        Set<String> given = Binder.get(environment)
                .bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet();
        return given.stream().anyMatch(Given.ADDRESSES::contains) ? new Given() : Embedded.start();
    }

    /** A Redis that is there already. */
    record Given() implements SampleRedis {

        static final Set<String> ADDRESSES = Set.of("url", "host", "port", "sentinel", "cluster", "masterreplica");

        @Override
        public Map<String, Object> properties() {
            return Map.of();
        }

        @Override
        public void close() {
            // not ours to stop
        }

        @Override
        public String toString() {
            return "yours, as spring.data.redis says";
        }
    }

    /**
     * A real Redis, unpacked from the class path, that listens on this machine only and writes nothing to disk.
     *
     * @param server the running server
     * @param port where it listens
     */
    record Embedded(RedisServer server, int port) implements SampleRedis {

        static Embedded start() {
            int port = freePort();
            RedisServer server = RedisServer.builder()
                    .port(port)
                    .setting("bind 127.0.0.1")
                    .setting("save \"\"")
                    .build();
            server.start();
            return new Embedded(server, port);
        }

        @Override
        public Map<String, Object> properties() {
            return Map.of("spring.data.redis.host", "127.0.0.1", "spring.data.redis.port", port);
        }

        @Override
        public void close() {
            server.stop();
        }

        @Override
        public String toString() {
            return "started here, 127.0.0.1:" + port;
        }

        private static int freePort() {
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException("no free port for Redis: set spring.data.redis.url", e);
            }
        }
    }
}
