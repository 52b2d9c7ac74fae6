package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Proxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What faults can get at.
 *
 * @param data where Redis keeps its log
 */
record Scene(FragileRedis redis, Proxy proxy, List<Instance> instances, Path data, Random random) {

    /** For as long as a fault lasts: 0.3 to 3 s, more often short than long. */
    void hold() {
        double share = random.nextDouble();
        Callers.pause(Duration.ofMillis(300 + (long) (2_700 * share * share)));
    }

    Instance anyone() {
        return instances.get(random.nextInt(instances.size()));
    }

    /** What Redis would read when it starts. */
    void forget() {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!each.equals(data)) {
                    Files.delete(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Redis answers. */
    void awaitRedis() {
        redis.awaitAnswer("PING", "PONG");
    }
}
