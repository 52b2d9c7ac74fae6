package io.github.reverseratelimiter.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where figures come from.
 *
 * @param date on which they were measured, in UTC
 * @param commit of what was measured
 * @param tree whether what was measured was as committed
 * @param processor its name
 */
record Origin(LocalDate date, String commit, Tree tree, String processor) {

    private static final String UNKNOWN = "unknown";
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** Files beside the commit that was checked out. */
    enum Tree {
        CLEAN,
        DIRTY,
        UNKNOWN
    }

    /** Of figures that are measured here and now; in a directory that git does not know, of an unknown commit. */
    static Origin here() throws IOException, InterruptedException {
        return of(Path.of("").toAbsolutePath());
    }

    static Origin of(Path directory) throws IOException, InterruptedException {
        Optional<String> commit = git(directory, "rev-parse", "--short=12", "HEAD");
        Tree tree = git(directory, "status", "--porcelain")
                .map(changes -> changes.isEmpty() ? Tree.CLEAN : Tree.DIRTY)
                .orElse(Tree.UNKNOWN);
        return new Origin(LocalDate.now(ZoneOffset.UTC), commit.orElse(UNKNOWN), tree, processorHere());
    }

    /** What git says; nothing if it is not installed or does not know the directory. */
    private static Optional<String> git(Path directory, String... arguments) throws IOException, InterruptedException {
        Process git;
        try {
            git = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments))
                            .toList())
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? Optional.of(said) : Optional.empty();
    }

    private static String processorHere() throws IOException {
        List<String> lines = Files.isReadable(LINUX) ? Files.readAllLines(LINUX) : List.of();
        return processor(lines).orElse(System.getProperty("os.arch"));
    }

    /** Its name, as Linux tells it. */
    static Optional<String> processor(List<String> cpuInfo) {
        return cpuInfo.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    Map<String, Object> json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("date", date.toString());
        map.put("commit", commit);
        map.put("tree", tree.name().toLowerCase(Locale.ROOT));
        map.put("processor", processor);
        return map;
    }

    /** Reads as {@code 2026-12-01, commit 1ee4ba7 (dirty: with changes that are not committed), AMD EPYC}. */
    @Override
    public String toString() {
        String changes = switch (tree) {
            case CLEAN -> "";
            case DIRTY -> " (dirty: with changes that are not committed)";
            case UNKNOWN -> " (outside git)";
        };
        return date + ", commit " + commit + changes + ", " + processor;
    }
}
