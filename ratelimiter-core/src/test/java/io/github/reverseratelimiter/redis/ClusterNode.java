package io.github.reverseratelimiter.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;

/** A node of a Redis cluster. */
public final class ClusterNode {

    private ClusterNode() {}

    /** As they stand in redis.conf, of a node that holds no slot yet and knows no other. */
    public static String[] settings() {
        // Else it is the port + 10,000, which there may not be.
        String port = "cluster-port " + RedisServer.freePort();
        // A node that has no slots for a moment serves those it gets after that much time.
        return new String[] {"cluster-enabled yes", port, "cluster-node-timeout 1000", "dir " + directory()};
    }

    /** A cluster of one node, which holds all slots: of the test's own, to be closed by it. */
    public static RedisServer start() {
        RedisServer node = RedisServer.start(List.of(settings()));
        try (LettuceScriptExecutor executor = node.executor()) {
            executor.commands()
                    .clusterAddSlots(IntStream.range(0, SlotHash.SLOT_COUNT).toArray());
            await().until(() -> executor.commands().clusterInfo().contains("cluster_state:ok"));
        }
        return node;
    }

    private static String directory() {
        try {
            return Files.createTempDirectory("cluster-node").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
