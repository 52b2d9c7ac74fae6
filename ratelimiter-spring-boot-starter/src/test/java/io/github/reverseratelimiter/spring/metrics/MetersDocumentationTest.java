package io.github.reverseratelimiter.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.CreditStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/meters.md and the enum say the same. */
class MetersDocumentationTest {

    private static final Path DOCUMENT = Path.of("../docs/meters.md");

    private static String row(ReverseRateLimiterMeters meter) {
        return "| `" + meter.meter() + "` | " + meter.type().name().toLowerCase(Locale.ROOT) + " | "
                + meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")) + " | "
                + meter.description() + " |";
    }

    @Test
    void theTableOfMetersIsTheEnum() throws IOException {
        List<String> rows = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `reverse."))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(ReverseRateLimiterMeters.values())
                        .map(MetersDocumentationTest::row)
                        .toList());
    }

    @Test
    void theTableOfTagsNamesEveryReasonOfADenial() throws IOException {
        String reasons = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `reason`"))
                .collect(Collectors.joining());

        assertThat(Acquisition.Reason.values())
                .allSatisfy(reason -> assertThat(reasons).contains("`" + reason + "`"));
    }

    @Test
    void everyReasonOfAStoreFailureIsExplained() throws IOException {
        String document = Files.readString(DOCUMENT);
        String reasons = document.substring(document.indexOf("The `reason` of a store failure:"));

        assertThat(CreditStoreException.Reason.values())
                .allSatisfy(reason -> assertThat(reasons).contains("`" + reason + "`"));
    }
}
