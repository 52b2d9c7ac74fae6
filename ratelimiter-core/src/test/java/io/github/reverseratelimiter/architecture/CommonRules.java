package io.github.reverseratelimiter.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** What holds in every module, and how a rule is shown to bite. */
public final class CommonRules {

    /* In exactly this form: with a prefix, classes of the root package belong to no slice. */
    public static final ArchRule NO_PACKAGE_CYCLES =
            slices().matching("(**)").should().beFreeOfCycles();

    public static final ArchRule ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS = noClasses()
            .that()
            .resideOutsideOfPackage("..time..")
            .should()
            .accessTargetWhere(readsTheClockOrSleeps())
            .because("time comes from the injected TimeSource, and waiting from the injected Sleeper");

    private CommonRules() {}

    /** All of the jar, or the directory of classes, that this class is from. */
    public static JavaClasses classesBeside(Class<?> type) {
        return new ClassFileImporter()
                .importUrl(type.getProtectionDomain().getCodeSource().getLocation());
    }

    public static void assertCaught(ArchRule rule, Class<?>... offenders) {
        assertThat(rule.evaluate(new ClassFileImporter().importClasses(offenders))
                        .hasViolation())
                .as("'%s' catches %s", rule.getDescription(), List.of(offenders))
                .isTrue();
    }

    private static DescribedPredicate<JavaAccess<?>> readsTheClockOrSleeps() {
        Map<String, Set<String>> forbidden = Map.of(
                "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
                "java.util.Calendar", Set.of("getInstance"),
                "java.util.concurrent.TimeUnit", Set.of("sleep"));
        return DescribedPredicate.describe("reads the clock or sleeps", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getTarget().getName();
            return (name.equals("sleep") && access.getTargetOwner().isAssignableTo(Thread.class))
                    || (access.getTargetOwner().isEquivalentTo(Date.class) && isDateOfNow(access))
                    || forbidden.getOrDefault(owner, Set.of()).contains(name)
                    || (owner.equals(LockSupport.class.getName()) && name.startsWith("park"))
                    || (owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system")));
        });
    }

    private static boolean isDateOfNow(JavaAccess<?> access) {
        return access instanceof JavaConstructorCall call
                && call.getTarget().getRawParameterTypes().isEmpty();
    }
}
