package io.github.reverseratelimiter.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.benchmarks.Redis;
import java.io.File;
import org.junit.jupiter.api.Test;

/** That the applications whose starts are compared do start, and what is on their class paths. */
class StartupIT {

    @Test
    void startsWithTheStarterAndTakesACredit() throws Exception {
        try (Redis redis = Redis.start()) {
            Variant.Cpu cpu = Variant.AOP_LIMITED.run(redis.uri().getPort());
            assertThat(cpu.ready()).isPositive();
            assertThat(cpu.called()).isGreaterThanOrEqualTo(cpu.ready());
            assertThat(redis.keys()).anyMatch(key -> key.contains("acme"));
        }
    }

    @Test
    void startsWithoutIt() throws Exception {
        try (Redis redis = Redis.start()) {
            assertThat(Variant.NO_AOP.run(redis.uri().getPort()).ready()).isPositive();
            assertThat(redis.keys()).isEmpty();
        }
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
        assertThat(Variant.AOP_LIMITED.classPath(path))
                .contains("ratelimiter-core", "aspectj")
                .doesNotContain("redisson");
    }
}
