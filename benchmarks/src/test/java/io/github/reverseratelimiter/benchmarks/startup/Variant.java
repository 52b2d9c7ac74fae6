package io.github.reverseratelimiter.benchmarks.startup;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** An application without a starter, with the floor, or with ours on its class path; each run is a JVM of its own. */
enum Variant {
    AOP(Aspects.ASPECTJ, Starter.NONE),
    AOP_FLOOR(Aspects.ASPECTJ, Starter.FLOOR),
    AOP_LIMITED(Aspects.ASPECTJ, Starter.OURS),
    NO_AOP(Aspects.NONE, Starter.NONE),
    NO_AOP_FLOOR(Aspects.NONE, Starter.FLOOR),
    NO_AOP_LIMITED(Aspects.NONE, Starter.OURS);

    /** What makes it one that uses Spring AOP. */
    private enum Aspects {
        NONE,
        ASPECTJ
    }

    /** What is around its calls. */
    private enum Starter {
        NONE("PlainCalls"),
        /** Properties, beans and advice as ours has, that do nothing. */
        FLOOR("CountedCalls"),
        OURS("LimitedCalls");

        private final String calls;

        Starter(String calls) {
            this.calls = calls;
        }
    }

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

    private final Aspects aspects;
    private final Starter starter;

    Variant(Aspects aspects, Starter starter) {
        this.aspects = aspects;
        this.starter = starter;
    }

    private List<String> beans() {
        return aspects == Aspects.ASPECTJ ? List.of(starter.calls, "CallsAspect") : List.of(starter.calls);
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>(NOT_OF_AN_APPLICATION);
        if (aspects == Aspects.NONE) {
            missing.add("/aspectjweaver");
        }
        if (starter != Starter.OURS) {
            missing.add("/ratelimiter-");
        }
        return missing;
    }

    /**
     * CPU time of a run, in milliseconds.
     *
     * @param ready when it had started
     * @param called when it had made its first call
     * @param classes how many it had loaded then
     */
    record Start(double ready, double called, double classes) {}

    /** Starts it once with these options of the JVM, waits for its end. */
    Start run(int redisPort, List<String> jvm) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", jars(), Application.class.getName(), Integer.toString(redisPort)));
        command.addAll(beans());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(this + " failed: " + output);
        }
        return read(output);
    }

    private String jars() {
        String jars = Jars.instead(classPath(System.getProperty("java.class.path")));
        return starter == Starter.FLOOR ? jars + File.pathSeparator + Jars.naming(FloorAutoConfiguration.class) : jars;
    }

    static Start read(String output) {
        String line = output.lines()
                .filter(text -> text.startsWith(Application.FIGURES))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no figures in: " + output));
        String[] figures = line.substring(Application.FIGURES.length()).split(" ", 3);
        return new Start(
                Double.parseDouble(figures[0]), Double.parseDouble(figures[1]), Double.parseDouble(figures[2]));
    }

    /** Without what this application does not have. */
    String classPath(String all) {
        List<String> missing = missing();
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(path -> missing.stream().noneMatch(path::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
