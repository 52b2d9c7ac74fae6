package io.github.reverseratelimiter.benchmarks.startup;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** An application, with or without the starter on its class path; each run is a JVM of its own. */
enum Variant {
    AOP(List.of("CallsAspect", "PlainCalls"), List.of("/ratelimiter-")),
    AOP_LIMITED(List.of("CallsAspect", "LimitedCalls"), List.of()),
    NO_AOP(List.of("PlainCalls"), List.of("/ratelimiter-", "/aspectjweaver")),
    NO_AOP_LIMITED(List.of("LimitedCalls"), List.of("/aspectjweaver"));

    /** On our class path for other reasons. */
    private static final List<String> NOT_OF_AN_APPLICATION = List.of(
            "/redisson",
            "/bucket4j",
            "/resilience4j",
            "/guava",
            "/spring-cloud",
            "/junit",
            "/mockito",
            "/assertj",
            "/byte-buddy",
            "/objenesis",
            "/jmh",
            "/embedded-redis",
            "/spring-test",
            "/spring-boot-test",
            "/spring-boot-starter-test");

    private final List<String> beans;
    private final List<String> missing;

    Variant(List<String> beans, List<String> missing) {
        this.beans = beans;
        this.missing = missing;
    }

    /**
     * CPU time of a run, in milliseconds.
     *
     * @param ready when it had started
     * @param called when it had made its first call
     */
    record Cpu(double ready, double called) {}

    /** Starts it once, waits for its end. */
    Cpu run(int redisPort) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(System.getProperty("java.class.path")),
                Application.class.getName(),
                Integer.toString(redisPort)));
        command.addAll(beans);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(this + " failed: " + output);
        }
        return read(output);
    }

    static Cpu read(String output) {
        String line = output.lines()
                .filter(text -> text.startsWith(Application.FIGURES))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no figures in: " + output));
        String[] figures = line.substring(Application.FIGURES.length()).split(" ");
        return new Cpu(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
    }

    /** Without what this application does not have. */
    String classPath(String all) {
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(path -> missing.stream().noneMatch(path::contains))
                .filter(path -> NOT_OF_AN_APPLICATION.stream().noneMatch(path::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
