package io.github.reverseratelimiter.benchmarks.startup;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Class paths as applications have them, of jars alone. A directory on a class path is asked for each class that comes after it, and only
 * with the starter there were two more of them.
 */
final class Jars {

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    private static final Map<Path, Path> PACKED = new ConcurrentHashMap<>();
    private static final Map<String, Path> NAMING = new ConcurrentHashMap<>();

    private Jars() {}

    /** The same, with a jar for each directory, made once. */
    static String instead(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(Path::of)
                .map(each -> Files.isDirectory(each) ? PACKED.computeIfAbsent(each, Jars::pack) : each)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** One that holds only the name of an auto-configuration, as starters name theirs. */
    static Path naming(Class<?> autoConfiguration) {
        return NAMING.computeIfAbsent(autoConfiguration.getName(), Jars::pack);
    }

    private static Path pack(String autoConfiguration) {
        try {
            Path directory = Files.createTempDirectory("naming");
            Path imports = directory.resolve(IMPORTS);
            Files.createDirectories(imports.getParent());
            Files.writeString(imports, autoConfiguration + "\n");
            return pack(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path pack(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            Path jar = Files.createTempFile("packed", ".jar");
            jar.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                for (Path file : files) {
                    zip.putNextEntry(
                            new ZipEntry(directory.relativize(file).toString().replace(File.separatorChar, '/')));
                    Files.copy(file, zip);
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
