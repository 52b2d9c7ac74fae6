package io.github.reverseratelimiter.spring;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static io.github.reverseratelimiter.architecture.CommonRules.NO_PACKAGE_CYCLES;
import static io.github.reverseratelimiter.architecture.CommonRules.ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS;
import static io.github.reverseratelimiter.architecture.CommonRules.assertCaught;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.github.reverseratelimiter.architecture.CommonRules;
import io.github.reverseratelimiter.spring.architecture.offenders.HasAPublicBeanMethod;
import io.github.reverseratelimiter.spring.architecture.offenders.HasAPublicMember;
import io.github.reverseratelimiter.spring.architecture.offenders.HasConditionalBeanMethod;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsAutoConfiguration;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsContextPropagation;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsMicrometer;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsReactor;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsRedis;
import io.github.reverseratelimiter.spring.architecture.offenders.KnowsWeb;
import io.github.reverseratelimiter.spring.architecture.offenders.NotFinal;
import io.github.reverseratelimiter.spring.architecture.offenders.ReadsTheClock;
import io.github.reverseratelimiter.spring.architecture.offenders.cycle.Outer;
import io.github.reverseratelimiter.spring.architecture.offenders.cycle.inner.Inner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Who may know whom, in the starter, and how auto-configurations are written. Each rule comes with offenders. */
class ArchitectureTest {

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    private static final JavaClasses STARTER = CommonRules.classesBeside(ReverseRateLimited.class);

    static final ArchRule NOBODY_KNOWS_AUTO_CONFIGURATION = noClasses()
            .that()
            .resideOutsideOfPackage("..autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.github.reverseratelimiter..autoconfigure..");

    static final ArchRule MICROMETER_STAYS_IN_METRICS = noClasses()
            .that()
            .resideOutsideOfPackages("..metrics..", "..autoconfigure..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.micrometer..").and(not(resideInAPackage("io.micrometer.context.."))))
            .because("it is optional");

    static final ArchRule CONTEXT_PROPAGATION_STAYS_IN_ITS_CLASS =
            staysIn("PropagatedContext", "io.micrometer.context..");

    static final ArchRule REACTOR_STAYS_IN_ITS_CLASS =
            staysIn("ReactiveCalls", "reactor..", "org.reactivestreams..", "kotlin..", "kotlinx..");

    private static ArchRule staysIn(String simpleName, String... packages) {
        return noClasses()
                .that()
                .doNotHaveSimpleName(simpleName)
                .and()
                .resideOutsideOfPackages("..spring.web..", "..autoconfigure.web..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .because("it is optional, and loaded only where it is present");
    }

    static final ArchRule REDIS_STAYS_IN_REDIS = noClasses()
            .that()
            .resideOutsideOfPackages("..redis..", "..autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lettuce..",
                    "redis.clients..",
                    "org.springframework.data..",
                    "io.github.reverseratelimiter.redis..")
            .because("with another store it may be absent");

    static final ArchRule WEB_STAYS_IN_WEB = noClasses()
            .that()
            .resideOutsideOfPackages("..web..", "..client..", "..autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.http..", "jakarta..")
            .because("it is optional");

    static final ArchRule AUTO_CONFIGURATIONS_ARE_PUBLIC_AND_FINAL = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL);

    static final ArchRule AUTO_CONFIGURATIONS_HAVE_NO_PUBLIC_MEMBERS = members()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .notBePublic();

    static final ArchRule BEAN_METHODS_ARE_NOT_PUBLIC =
            methods().that().areAnnotatedWith(Bean.class).should().notBePublic();

    static final ArchRule NO_CLASS_CONDITION_ON_A_BEAN_METHOD = noMethods()
            .that()
            .areAnnotatedWith(Bean.class)
            .should()
            .beAnnotatedWith(ConditionalOnClass.class)
            .because("the signature is loaded before the condition is asked");

    @Test
    void thereAreClassesToCheck() {
        assertThat(STARTER.contain(ReverseRateLimited.class)).isTrue();
        assertThat(autoConfigurations(STARTER)).isNotEmpty();
    }

    @Test
    void thereAreNoPackageCycles() {
        NO_PACKAGE_CYCLES.check(STARTER);
    }

    @Test
    void theRuleOnCyclesCatchesACycleThroughAnOuterPackage() {
        assertCaught(NO_PACKAGE_CYCLES, Outer.class, Inner.class);
    }

    @Test
    void onlyTimeReadsTheClockOrSleeps() {
        ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS.check(STARTER);
    }

    @Test
    void theRuleOnTheClockCatchesAnOffender() {
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, ReadsTheClock.class);
    }

    @Test
    void nobodyKnowsAutoConfiguration() {
        NOBODY_KNOWS_AUTO_CONFIGURATION.check(STARTER);
    }

    @Test
    void theRuleOnKnowingAutoConfigurationCatchesAnOffender() {
        assertCaught(NOBODY_KNOWS_AUTO_CONFIGURATION, KnowsAutoConfiguration.class);
    }

    @Test
    void micrometerStaysInMetrics() {
        MICROMETER_STAYS_IN_METRICS.check(STARTER);
    }

    @Test
    void theRuleOnMicrometerCatchesAnOffender() {
        assertCaught(MICROMETER_STAYS_IN_METRICS, KnowsMicrometer.class);
    }

    @Test
    void optionalLibrariesOfCallsStayInTheirClasses() {
        CONTEXT_PROPAGATION_STAYS_IN_ITS_CLASS.check(STARTER);
        REACTOR_STAYS_IN_ITS_CLASS.check(STARTER);
    }

    @Test
    void theRulesOnOptionalLibrariesOfCallsCatchOffenders() {
        assertCaught(CONTEXT_PROPAGATION_STAYS_IN_ITS_CLASS, KnowsContextPropagation.class);
        assertCaught(REACTOR_STAYS_IN_ITS_CLASS, KnowsReactor.class);
    }

    @Test
    void redisStaysInRedis() {
        REDIS_STAYS_IN_REDIS.check(STARTER);
    }

    @Test
    void theRuleOnRedisCatchesAnOffender() {
        assertCaught(REDIS_STAYS_IN_REDIS, KnowsRedis.class);
    }

    @Test
    void webStaysInWeb() {
        WEB_STAYS_IN_WEB.check(STARTER);
    }

    @Test
    void theRuleOnWebCatchesAnOffender() {
        assertCaught(WEB_STAYS_IN_WEB, KnowsWeb.class);
    }

    @Test
    void autoConfigurationsArePublicAndFinalWithoutPublicMembers() {
        AUTO_CONFIGURATIONS_ARE_PUBLIC_AND_FINAL.check(STARTER);
        AUTO_CONFIGURATIONS_HAVE_NO_PUBLIC_MEMBERS.check(STARTER);
    }

    @Test
    void theRulesOnAutoConfigurationsCatchOffenders() {
        assertCaught(AUTO_CONFIGURATIONS_ARE_PUBLIC_AND_FINAL, NotFinal.class);
        assertCaught(AUTO_CONFIGURATIONS_ARE_PUBLIC_AND_FINAL, NotPublic.class);
        assertCaught(AUTO_CONFIGURATIONS_HAVE_NO_PUBLIC_MEMBERS, HasAPublicMember.class);
    }

    @Test
    void beanMethodsAreNotPublicAndHaveNoClassCondition() {
        BEAN_METHODS_ARE_NOT_PUBLIC.check(STARTER);
        NO_CLASS_CONDITION_ON_A_BEAN_METHOD.check(STARTER);
    }

    @Test
    void theRulesOnBeanMethodsCatchOffenders() {
        assertCaught(BEAN_METHODS_ARE_NOT_PUBLIC, HasAPublicBeanMethod.class);
        assertCaught(NO_CLASS_CONDITION_ON_A_BEAN_METHOD, HasConditionalBeanMethod.class);
    }

    @Test
    void theImportsFileListsEveryAutoConfigurationInOrder() throws IOException {
        try (InputStream file = ReverseRateLimited.class.getClassLoader().getResourceAsStream(IMPORTS)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            assertLists(text.lines().toList(), STARTER);
        }
    }

    @Test
    void theRuleOnTheImportsFileCatchesWhatIsMissingForeignOrOutOfOrder() {
        JavaClasses two = new ClassFileImporter().importClasses(HasAPublicMember.class, NotFinal.class);
        String first = HasAPublicMember.class.getName();
        String second = NotFinal.class.getName();

        assertLists(List.of(first, second), two);

        assertThatThrownBy(() -> assertLists(List.of(first), two)).hasMessageContaining("could not find");
        assertThatThrownBy(() -> assertLists(List.of(first, second, "Foreign"), two))
                .hasMessageContaining("not expected");
        assertThatThrownBy(() -> assertLists(List.of(second, first), two))
                .hasMessageContaining("there were differences");
    }

    private static void assertLists(List<String> lines, JavaClasses classes) {
        assertThat(lines).containsExactlyElementsOf(autoConfigurations(classes));
    }

    private static List<String> autoConfigurations(JavaClasses classes) {
        return classes.stream()
                .filter(it -> it.isAnnotatedWith(AutoConfiguration.class))
                .map(JavaClass::getName)
                .sorted()
                .toList();
    }

    @AutoConfiguration
    static final class NotPublic {}
}
