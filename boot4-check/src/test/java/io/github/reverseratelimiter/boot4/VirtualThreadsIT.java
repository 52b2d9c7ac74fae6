package io.github.reverseratelimiter.boot4;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.redis.RedisServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Virtual threads on two carriers, in a JVM of their own. It needs JDK 21, and is run where {@code -Djvm} names one.
 *
 * <p>All credits are spent beforehand, so that every thread has to wait. A thread that is pinned keeps its carrier: then no
 * more than two could wait at once.
 */
class VirtualThreadsIT {

    private static final int CARRIERS = 2;

    @TempDir
    Path directory;

    @Test
    void aThousandWaitAtOnceOnTwoCarriers() throws Exception {
        Properties seen = run(1000, "direct");

        assertThat(number(seen, "begunBeforeAnyEnded")).isEqualTo(1000);
        assertThat(number(seen, "pinned")).as(seen.getProperty("firstPinned")).isZero();
        assertThat(Duration.ofMillis(number(seen, "tookMillis")))
                .isBetween(WaitingThreads.WINDOW.minusSeconds(2), WaitingThreads.WINDOW.plusSeconds(6));
    }

    /** By a native frame below the wait: since JDK 24 a monitor pins no more. */
    @Test
    void threadsThatArePinnedWouldBeSeen() throws Exception {
        Properties seen = run(50, "reflective", "-Djdk.reflect.useNativeAccessorOnly=true");

        assertThat(number(seen, "begunBeforeAnyEnded")).isLessThanOrEqualTo(CARRIERS);
        assertThat(number(seen, "pinned")).isPositive();
    }

    private static long number(Properties seen, String name) {
        return Long.parseLong(seen.getProperty(name));
    }

    private Properties run(int threads, String how, String... options) throws Exception {
        assertThat(Runtime.version().feature())
                .as("there are no virtual threads in this JDK: -Djvm has to name JDK 21 or newer")
                .isGreaterThanOrEqualTo(21);
        Path file = directory.resolve(how);
        Path output = directory.resolve(how + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-Djdk.virtualThreadScheduler.parallelism=" + CARRIERS,
                "-Djdk.virtualThreadScheduler.maxPoolSize=" + CARRIERS,
                "-cp",
                System.getProperty("java.class.path"),
                WaitingThreads.class.getName(),
                RedisServer.shared().uri(),
                String.valueOf(threads),
                how,
                file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
        Properties seen = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            seen.load(in);
        }
        return seen;
    }
}
