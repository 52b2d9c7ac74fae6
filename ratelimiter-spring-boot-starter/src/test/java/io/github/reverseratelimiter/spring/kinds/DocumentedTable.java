package io.github.reverseratelimiter.spring.kinds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The kinds of bean in docs/annotation.md. */
public final class DocumentedTable {

    private DocumentedTable() {}

    /** The lines below its head. */
    public static Stream<String> rows() throws IOException {
        return lines().stream().skip(2);
    }

    /** Its first line. */
    static String head() throws IOException {
        return lines().get(0);
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("../docs/annotation.md")).stream()
                .dropWhile(line -> !line.equals("### Kinds of bean"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("|"))
                .toList();
    }
}
