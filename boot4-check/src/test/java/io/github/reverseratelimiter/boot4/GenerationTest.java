package io.github.reverseratelimiter.boot4;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

/** That this module tests what it is named for. */
class GenerationTest {

    @Test
    void runsOnSpringBoot4() {
        assertThat(SpringBootVersion.getVersion()).startsWith("4.");
        assertThat(SpringVersion.getVersion()).startsWith("7.");
    }

    @Test
    void testsTheStarterAsItIsPackaged() {
        assertThat(ReverseRateLimited.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation())
                .asString()
                .endsWith(".jar");
    }
}
