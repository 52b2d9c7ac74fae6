package io.github.reverseratelimiter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.github.reverseratelimiter.architecture.CommonRules.NO_PACKAGE_CYCLES;
import static io.github.reverseratelimiter.architecture.CommonRules.ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS;
import static io.github.reverseratelimiter.architecture.CommonRules.assertCaught;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.reverseratelimiter.architecture.CommonRules;
import io.github.reverseratelimiter.architecture.offenders.KnowsARedisClient;
import io.github.reverseratelimiter.architecture.offenders.ReadsTheClock;
import io.github.reverseratelimiter.architecture.offenders.cycle.Outer;
import io.github.reverseratelimiter.architecture.offenders.cycle.inner.Inner;
import io.github.reverseratelimiter.architecture.offenders.memory.KnowsRedis;
import io.github.reverseratelimiter.architecture.offenders.redis.KnowsMemory;
import io.github.reverseratelimiter.memory.InMemoryCreditStore;
import io.github.reverseratelimiter.redis.RedisScriptExecutor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom, in core. Each rule comes with an offender that it must catch. */
class ArchitectureTest {

    private static final String API = "io.github.reverseratelimiter";

    private static final JavaClasses CORE = CommonRules.classesBeside(ReverseRateLimiter.class);

    /* Stricter than a list of what is forbidden (Spring, Redis clients, Micrometer, jakarta): nothing but the JDK. */
    static final ArchRule CORE_KNOWS_ONLY_THE_JDK = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(API + "..", "java..", "javax.crypto..", "org.jspecify.annotations..")
            .because("core is for any framework, client and metrics library");

    static final ArchRule MEMORY_DOES_NOT_KNOW_REDIS = noClasses()
            .that()
            .resideInAPackage("..memory..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..reverseratelimiter.redis..");

    static final ArchRule REDIS_DOES_NOT_KNOW_MEMORY = noClasses()
            .that()
            .resideInAPackage("..redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..reverseratelimiter.memory..");

    static final ArchRule THE_API_KNOWS_NO_STORE = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(API + ".memory..", API + ".redis..");

    static final ArchRule THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK = classes()
            .that()
            .resideInAPackage(API)
            .and()
            .arePublic()
            .should(exposeOnly(resideInAPackage(API)
                    .or(resideInAPackage(API + ".time"))
                    .or(resideInAPackage("java.."))
                    .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive))));

    @Test
    void thereAreClassesToCheck() {
        assertThat(CORE)
                .extracting(JavaClass::getPackageName)
                .contains(API, API + ".time", API + ".memory", API + ".redis");
    }

    @Test
    void coreKnowsOnlyTheJdk() {
        CORE_KNOWS_ONLY_THE_JDK.check(CORE);
    }

    @Test
    void theRuleOnDependenciesCatchesAnOffender() {
        assertCaught(CORE_KNOWS_ONLY_THE_JDK, KnowsARedisClient.class);
    }

    @Test
    void thereAreNoPackageCycles() {
        NO_PACKAGE_CYCLES.check(CORE);
    }

    @Test
    void theRuleOnCyclesCatchesACycleThroughAnOuterPackage() {
        assertCaught(NO_PACKAGE_CYCLES, Outer.class, Inner.class);
    }

    @Test
    void memoryAndRedisDoNotKnowEachOther() {
        MEMORY_DOES_NOT_KNOW_REDIS.check(CORE);
        REDIS_DOES_NOT_KNOW_MEMORY.check(CORE);
    }

    @Test
    void theRulesOnStoresCatchAnOffender() {
        assertCaught(MEMORY_DOES_NOT_KNOW_REDIS, KnowsRedis.class);
        assertCaught(REDIS_DOES_NOT_KNOW_MEMORY, KnowsMemory.class);
    }

    @Test
    void theApiKnowsNoStore() {
        THE_API_KNOWS_NO_STORE.check(CORE);
    }

    @Test
    void theRuleOnTheApiCatchesAnOffender() {
        assertCaught(THE_API_KNOWS_NO_STORE, KnowsAStore.class);
    }

    @Test
    void theApiExposesOnlyItselfTimeAndTheJdk() {
        THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK.check(CORE);
    }

    @Test
    void theRuleOnSignaturesCatchesOffenders() {
        assertCaught(THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK, ReturnsAForeignType.class);
        assertCaught(THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK, TakesAForeignTypeAsAnArgument.class);
        assertCaught(THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK, HasAForeignField.class);
        assertCaught(THE_API_EXPOSES_ONLY_ITSELF_TIME_AND_THE_JDK, ExtendsAForeignType.class);
    }

    @Test
    void onlyTimeReadsTheClockOrSleeps() {
        ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS.check(CORE);
    }

    @Test
    void theRuleOnTheClockCatchesOffenders() {
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, ReadsTheClock.class);
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, RefersToTheClock.class);
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, Parks.class);
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, SleepsAsAThread.class);
        assertCaught(ONLY_TIME_READS_THE_CLOCK_OR_SLEEPS, AsksForToday.class);
    }

    private static ArchCondition<JavaClass> exposeOnly(DescribedPredicate<JavaClass> allowed) {
        return new ArchCondition<>("expose only " + allowed.getDescription()) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
                report(type, type.getName(), parents, events);
                for (JavaMember member : type.getMembers()) {
                    Set<JavaModifier> modifiers = member.getModifiers();
                    if (modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED)) {
                        report(type, member.getFullName(), typesOf(member), events);
                    }
                }
            }

            private void report(JavaClass type, String where, Stream<JavaType> exposed, ConditionEvents events) {
                exposed.flatMap(it -> it.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(it -> !allowed.test(it))
                        .forEach(it ->
                                events.add(SimpleConditionEvent.violated(type, where + " exposes " + it.getName())));
            }
        };
    }

    private static Stream<JavaType> typesOf(JavaMember member) {
        if (member instanceof JavaCodeUnit code) {
            return Stream.of(
                            Stream.of(code.getReturnType()),
                            code.getParameterTypes().stream(),
                            code.getExceptionTypes().stream().map(JavaType.class::cast))
                    .flatMap(it -> it);
        }
        return Stream.of(((JavaField) member).getType());
    }

    static class KnowsAStore {

        InMemoryCreditStore store;
    }

    public static class ReturnsAForeignType {

        public RedisScriptExecutor executor() {
            return null;
        }
    }

    public static class TakesAForeignTypeAsAnArgument {

        protected TakesAForeignTypeAsAnArgument(Optional<List<RedisScriptExecutor[]>> executors) {}
    }

    public static class HasAForeignField {

        public RedisScriptExecutor executor;
    }

    public interface ExtendsAForeignType extends RedisScriptExecutor {}

    static class RefersToTheClock {

        LongSupplier clock = System::nanoTime;
    }

    static class Parks {

        void park() {
            LockSupport.parkNanos(1);
        }
    }

    static class SleepsAsAThread extends Thread {

        @Override
        public void run() {
            try {
                sleep(1);
            } catch (InterruptedException e) {
                interrupt();
            }
        }
    }

    static class AsksForToday {

        @SuppressWarnings("JavaUtilDate")
        Object today() {
            return new java.util.Date();
        }
    }
}
