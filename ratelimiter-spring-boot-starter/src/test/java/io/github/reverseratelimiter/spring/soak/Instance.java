package io.github.reverseratelimiter.spring.soak;

import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.Jvm;
import io.github.reverseratelimiter.redis.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** One of the JVMs, as the test sees it: it can be frozen, thawed, killed and started again. */
final class Instance {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final int redisPort;
    private final String name;
    private int starts;
    private Process process;

    Instance(Path directory, int redisPort, String name) {
        this.directory = directory;
        this.redisPort = redisPort;
        this.name = name;
        this.process = begin();
    }

    /** What is left of one that was killed stays in a diary of its own. */
    private Process begin() {
        starts++;
        try {
            return Jvm.small(
                            "128m",
                            InstanceProcess.class,
                            Integer.toString(redisPort),
                            name,
                            directory.resolve("diary-" + name + "-" + starts).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path output() {
        return directory.resolve("output-" + name + "-" + starts);
    }

    String name() {
        return name;
    }

    /** All it has said since it was started. */
    List<String> said() {
        try {
            return Files.readAllLines(output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it says that begins so, the newest. */
    private String[] hear(String beginning, int times) {
        await().atMost(PATIENCE)
                .alias("process " + name + " says '" + beginning + "'")
                .until(() -> times <= count(beginning));
        return said().stream()
                .filter(line -> line.startsWith(beginning))
                .reduce((first, second) -> second)
                .orElseThrow()
                .split(" ", 4);
    }

    private long count(String beginning) {
        return said().stream().filter(line -> line.startsWith(beginning)).count();
    }

    void awaitBegin() {
        hear("begins", 1);
    }

    void freeze() {
        Signal.STOP.to(process.pid());
    }

    void thaw() {
        Signal.CONT.to(process.pid());
    }

    /** Without notice, as by kill -9. */
    void kill() {
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }

    void restart() {
        process = begin();
        awaitBegin();
    }

    /** Lets its callers come to rest, and looks what it holds. */
    Footprint measure() {
        int times = (int) count("measured ");
        try {
            process.getOutputStream().write("measure\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String[] measured = hear("measured ", times + 1);
        return new Footprint(Integer.parseInt(measured[1]), Integer.parseInt(measured[2]), measured[3]);
    }

    /** Ends it in order, and returns what it said last. */
    String end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String last = String.join(" ", Arrays.asList(hear("closed after", 1)));
        await().atMost(PATIENCE).until(() -> !process.isAlive());
        return last;
    }
}
