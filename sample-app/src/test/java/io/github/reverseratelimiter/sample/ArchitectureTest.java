package io.github.reverseratelimiter.sample;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.github.reverseratelimiter.sample.offenders.KnowsTheRedisPort;
import io.github.reverseratelimiter.sample.offenders.Prints;
import io.github.reverseratelimiter.sample.offenders.github.KnowsTheProvider;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The sample uses only what users may use. Each rule comes with an offender that it must catch. */
class ArchitectureTest {

    private static final String SAMPLE = "io.github.reverseratelimiter.sample";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(SAMPLE);

    static final ArchRule USES_THE_API_THE_ANNOTATION_AND_THE_PROPERTIES = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.reverseratelimiter.redis..", "..spring.autoconfigure..");

    static final ArchRule THE_CLIENT_KNOWS_ONLY_ITSELF = noClasses()
            .that()
            .resideInAPackage("..sample..github..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SAMPLE, SAMPLE + ".provider..");

    static final ArchRule ONLY_THE_CONSOLE_PRINTS = noClasses()
            .that()
            .doNotHaveSimpleName("Console")
            .should()
            .callMethod(PrintStream.class, "println", String.class);

    /* In exactly this form: with a prefix, classes of the root package belong to no slice. */
    static final ArchRule NO_PACKAGE_CYCLES = slices().matching("(**)").should().beFreeOfCycles();

    @Test
    void thereAreClassesToCheck() {
        assertThat(CLASSES).extracting(JavaClass::getPackageName).contains(SAMPLE, SAMPLE + ".github");
    }

    @Test
    void usesTheApiTheAnnotationAndTheProperties() {
        USES_THE_API_THE_ANNOTATION_AND_THE_PROPERTIES.check(CLASSES);
    }

    @Test
    void theRuleOnWhatIsUsedCatchesAnOffender() {
        assertCaught(USES_THE_API_THE_ANNOTATION_AND_THE_PROPERTIES, KnowsTheRedisPort.class);
    }

    @Test
    void theClientKnowsOnlyItself() {
        THE_CLIENT_KNOWS_ONLY_ITSELF.check(CLASSES);
    }

    @Test
    void theRuleOnTheClientCatchesAnOffender() {
        assertCaught(THE_CLIENT_KNOWS_ONLY_ITSELF, KnowsTheProvider.class);
    }

    @Test
    void onlyTheConsolePrints() {
        ONLY_THE_CONSOLE_PRINTS.check(CLASSES);
    }

    @Test
    void theRuleOnPrintingCatchesAnOffender() {
        assertCaught(ONLY_THE_CONSOLE_PRINTS, Prints.class);
    }

    @Test
    void thereAreNoPackageCycles() {
        NO_PACKAGE_CYCLES.check(CLASSES);
    }

    private static void assertCaught(ArchRule rule, Class<?> offender) {
        JavaClasses imported = new ClassFileImporter().importClasses(offender);

        assertThat(rule.evaluate(imported).hasViolation()).isTrue();
    }
}
