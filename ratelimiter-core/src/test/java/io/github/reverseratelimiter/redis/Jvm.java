package io.github.reverseratelimiter.redis;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Another JVM, with the class path of this one. */
public final class Jvm {

    private Jvm() {}

    /** As anybody starts one. */
    public static ProcessBuilder usual(Class<?> main, String... arguments) {
        return of(List.of(), main, arguments);
    }

    /** One of several on a small machine, which starts soon and logs little. */
    public static ProcessBuilder small(String heap, Class<?> main, String... arguments) {
        return of(
                List.of(
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                main,
                arguments);
    }

    private static ProcessBuilder of(List<String> options, Class<?> main, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Stream<String> what = Stream.of("-cp", System.getProperty("java.class.path"), main.getName());
        return new ProcessBuilder(Stream.of(Stream.of(java), options.stream(), what, Stream.of(arguments))
                .flatMap(each -> each)
                .toList());
    }
}
