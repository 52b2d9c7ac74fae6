package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.benchmarks.load.Origin.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OriginTest {

    @Test
    void doesNotKnowTheCommitOutsideGit(@TempDir Path directory) throws Exception {
        Origin origin = Origin.of(directory);
        assertThat(origin.commit()).isEqualTo("unknown");
        assertThat(origin.tree()).isEqualTo(Tree.UNKNOWN);
        assertThat(origin.processor()).isNotBlank();
    }

    @Test
    void tellsWhatIsNotCommitted(@TempDir Path directory) throws Exception {
        git(directory, "init", "-q");
        git(directory, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first");
        assertThat(Origin.of(directory).tree()).isEqualTo(Tree.CLEAN);
        assertThat(Origin.of(directory).commit()).matches("[0-9a-f]{12}");
        Files.writeString(directory.resolve("new"), "");
        assertThat(Origin.of(directory).tree()).isEqualTo(Tree.DIRTY);
    }

    @Test
    void readsTheNameOfTheProcessor() {
        assertThat(Origin.processor(List.of("processor\t: 0", "model name\t: AMD EPYC", "model name\t: other")))
                .contains("AMD EPYC");
        assertThat(Origin.processor(List.of("processor\t: 0"))).isEmpty();
    }

    @Test
    void readsAsPartOfASentence() {
        LocalDate date = LocalDate.of(2026, 12, 1);
        assertThat(new Origin(date, "1ee4ba7", Tree.CLEAN, "AMD EPYC"))
                .hasToString("2026-12-01, commit 1ee4ba7, AMD EPYC");
        assertThat(new Origin(date, "1ee4ba7", Tree.DIRTY, "AMD EPYC").toString())
                .contains("commit 1ee4ba7 (dirty: with changes that are not committed), ");
    }

    private static void git(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
