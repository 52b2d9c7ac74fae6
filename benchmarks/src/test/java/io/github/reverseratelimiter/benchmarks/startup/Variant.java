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
    AOP(true, false),
    AOP_LIMITED(true, true),
    NO_AOP(false, false),
    NO_AOP_LIMITED(false, true);

    /** On our class path for other reasons; the manifest of the first one names this library. */
    private static final List<String> NOT_OF_AN_APPLICATION = List.of(
            "/benchmarks.jar",
            "/redisson",
            "/rxjava",
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

    private final boolean aop;
    private final boolean limited;

    Variant(boolean aop, boolean limited) {
        this.aop = aop;
        this.limited = limited;
    }

    private List<String> beans() {
        String calls = limited ? "LimitedCalls" : "PlainCalls";
        return aop ? List.of(calls, "CallsAspect") : List.of(calls);
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>(NOT_OF_AN_APPLICATION);
        if (!aop) {
            missing.add("/aspectjweaver");
        }
        if (!limited) {
            missing.add("/ratelimiter-");
        }
        return missing;
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
                Jars.instead(classPath(System.getProperty("java.class.path"))),
                Application.class.getName(),
                Integer.toString(redisPort)));
        command.addAll(beans());
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
        String[] figures = line.substring(Application.FIGURES.length()).split(" ", 2);
        return new Cpu(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
    }

    /** Without what this application does not have. */
    String classPath(String all) {
        List<String> missing = missing();
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(path -> missing.stream().noneMatch(path::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
