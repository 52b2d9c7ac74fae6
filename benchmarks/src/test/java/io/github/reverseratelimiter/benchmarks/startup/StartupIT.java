package io.github.reverseratelimiter.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the applications whose starts are compared do start, and what is on their class paths. */
class StartupIT {

    @TempDir
    private Path directory;

    @Test
    void startsWithTheStarterAndTakesACredit() throws Exception {
        try (Redis redis = Redis.start()) {
            Variant.Start start = Variant.AOP_LIMITED.run(redis.uri().getPort(), List.of());
            assertThat(start.ready()).isPositive();
            assertThat(start.called()).isGreaterThanOrEqualTo(start.ready());
            assertThat(start.classes()).isGreaterThan(1_000);
            assertThat(redis.keys()).anyMatch(key -> key.contains("acme"));
        }
    }

    @Test
    void startsWithoutIt() throws Exception {
        try (Redis redis = Redis.start()) {
            assertThat(Variant.NO_AOP.run(redis.uri().getPort(), List.of()).ready())
                    .isPositive();
            assertThat(redis.keys()).isEmpty();
        }
    }

    /** The trace of the JVM tells: the floor is read, and nothing of ours. */
    @Test
    void startsWithTheFloorAloneAndItsAdvice() throws Exception {
        Path loaded = directory.resolve("loaded");
        try (Redis redis = Redis.start()) {
            Variant.NO_AOP_FLOOR.run(
                    redis.uri().getPort(), List.of("-XX:TieredStopAtLevel=1", "-Xlog:class+load:file=" + loaded));
        }
        assertThat(Files.readString(loaded))
                .contains("FloorProperties", "FloorProxyCreator", "CountedCalls$$SpringCGLIB")
                .doesNotContain("io.github.reverseratelimiter.spring.", "io.github.reverseratelimiter.redis.");
    }

    @Test
    void hasNoDirectoryOnThePath() {
        assertThat(Jars.instead(System.getProperty("java.class.path")).split(File.pathSeparator))
                .allSatisfy(each -> assertThat(new File(each)).isFile());
    }

    @Test
    void hasNothingOfOursNorOfAspectJOnThePathWithoutThem() {
        String path = String.join(
                File.pathSeparator,
                "/m2/aspectjweaver-1.9.jar",
                "/rrl/ratelimiter-core/target/classes",
                "/m2/ratelimiter-spring-boot-starter.jar",
                "/m2/redisson-4.7.0.jar",
                "/rrl/benchmarks/target/benchmarks.jar",
                "/m2/lettuce-core.jar");
        assertThat(Variant.NO_AOP.classPath(path)).isEqualTo("/m2/lettuce-core.jar");
        assertThat(Variant.NO_AOP_FLOOR.classPath(path)).isEqualTo("/m2/lettuce-core.jar");
        assertThat(Variant.AOP_LIMITED.classPath(path))
                .contains("ratelimiter-core", "aspectj")
                .doesNotContain("redisson");
    }
}
