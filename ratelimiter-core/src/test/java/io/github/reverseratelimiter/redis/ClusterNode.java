package io.github.reverseratelimiter.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;

/** A Redis cluster of one node, which holds all slots. */
public final class ClusterNode {

    private ClusterNode() {}

    /** A node of the test's own, to be closed by it. */
    public static RedisServer start() {
        RedisServer node = RedisServer.start(List.of("cluster-enabled yes", "dir " + directory()));
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
