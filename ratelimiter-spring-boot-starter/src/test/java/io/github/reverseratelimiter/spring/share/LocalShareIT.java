package io.github.reverseratelimiter.spring.share;

import static io.github.reverseratelimiter.spring.share.ShareProcess.INSTANCES;
import static io.github.reverseratelimiter.spring.share.ShareProcess.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.redis.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * FAULTS rows 54 and 55: three JVMs with {@code on-store-failure: local} call one provider without pause, while their
 * Redis goes away and comes back. The provider counts.
 */
class LocalShareIT {

    private static final Duration BEFORE = Duration.ofMillis(2_500);
    private static final Duration AWAY = Duration.ofSeconds(4);
    private static final Duration AFTER = Duration.ofMillis(5_500);
    private static final double FULL_USE = 0.9;

    private static final Map<Outage, Course> COURSES = new EnumMap<>(Outage.class);

    @TempDir
    private static Path directory;

    @BeforeAll
    static void loseRedis() throws IOException {
        Map<Outage, FragileRedis> redis = new EnumMap<>(Outage.class);
        List<Process> instances = new ArrayList<>();
        try (Provider provider = new Provider()) {
            for (Outage outage : Outage.values()) {
                redis.put(outage, outage.redis(Files.createDirectory(directory.resolve(outage.name()))));
            }
            for (int i = 0; i < INSTANCES; i++) {
                instances.add(start("jvm" + i, provider, redis));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(Outage.values()).allSatisfy(outage -> callsAreGrantedByRedis(provider, outage)));
            run(provider, redis);
        } finally {
            instances.forEach(Process::destroyForcibly);
            redis.values().forEach(FragileRedis::close);
        }
        report();
    }

    /** Maven shows no entries of a TestReporter. */
    private static void report() {
        COURSES.forEach((outage, course) -> System.out.println("share: " + outage + " use "
                + course.from(course.back() + 2 * Course.SPAN_MICROS).use() + ", of shares "
                + whileAway(course).from(course.gone() + Course.SPAN_MICROS).use()
                + ", most " + course.most() + ", from the outage on "
                + afterTheBeginning(course).most()
                + ", counted "
                + course.arrivals().stream().filter(Course::isCounted).count() + " of "
                + course.arrivals().size() + ", false alarms "
                + course.arrivals().stream().filter(course::isFalseAlarm).count()));
    }

    private static Process start(String name, Provider provider, Map<Outage, FragileRedis> redis) throws IOException {
        Stream<String> accounts = redis.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue().port());
        Stream<String> first = Stream.of(Integer.toString(provider.port()), name);
        return Jvm.small(
                        "64m",
                        ShareProcess.class,
                        Stream.concat(first, accounts).toArray(String[]::new))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output-" + name).toFile())
                .start();
    }

    private static void callsAreGrantedByRedis(Provider provider, Outage outage) {
        assertThat(provider.arrivals(outage.name()).stream()
                        .filter(each -> !each.local())
                        .map(Arrival::instance)
                        .distinct())
                .hasSize(INSTANCES);
    }

    private static void run(Provider provider, Map<Outage, FragileRedis> redis) {
        Map<Outage, long[]> times = new EnumMap<>(Outage.class);
        long begins = Arrival.now();
        pause(BEFORE);
        redis.forEach((outage, each) -> {
            long leaves = Arrival.now();
            outage.begin(each);
            times.put(outage, new long[] {leaves, Arrival.now(), 0, 0});
        });
        pause(AWAY);
        redis.forEach((outage, each) -> {
            times.get(outage)[2] = Arrival.now();
            outage.end(each);
            times.get(outage)[3] = Arrival.now();
        });
        pause(AFTER);
        times.forEach((outage, at) -> COURSES.put(
                outage, new Course(provider.arrivals(outage.name()), at[0], at[1], at[2], at[3]).from(begins)));
    }

    private static void pause(Duration duration) {
        try {
            var unused = new Semaphore(0).tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Course of(Outage outage) {
        Course course = COURSES.get(outage);
        assertThat(course).isNotNull();
        return course;
    }

    private static Course afterTheBeginning(Course course) {
        return course.from(course.onlyShares()).withoutFalseAlarms();
    }

    private static Course whileAway(Course course) {
        return course.from(course.onlyShares()).until(course.returns());
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheOutageNoWindowHoldsMoreThanTheLimit(Outage outage) {
        Course course = of(outage);

        assertThat(course.until(course.leaves()).withoutFalseAlarms().most())
                .isBetween((int) (FULL_USE * LIMIT.limit()), LIMIT.limit());
    }

    @ParameterizedTest
    @EnumSource
    void theBeginningOfAnOutageIsOneFurtherLimitAtMost(Outage outage) {
        assertThat(of(outage).withoutFalseAlarms().most()).isLessThanOrEqualTo(2 * LIMIT.limit());
    }

    @ParameterizedTest
    @EnumSource
    void whileRedisIsAwayTheSharesAreTheLimitAndAreUsed(Outage outage) {
        Course away = whileAway(of(outage));

        assertThat(away.arrivals()).filteredOn(Course::isCounted).allMatch(Arrival::local);
        assertThat(away.most()).isLessThanOrEqualTo(LIMIT.limit());
        assertThat(away.from(away.gone() + Course.SPAN_MICROS).use()).isGreaterThanOrEqualTo(FULL_USE);
    }

    @ParameterizedTest
    @EnumSource
    void theReturnOfRedisIsNoSecondWindow(Outage outage) {
        assertThat(afterTheBeginning(of(outage)).most()).isLessThanOrEqualTo(LIMIT.limit());
    }

    @ParameterizedTest
    @EnumSource
    void allOfTheLimitIsUsedAgainTwoWindowsLater(Outage outage) {
        Course course = of(outage);
        Course later = course.from(course.back() + 2 * Course.SPAN_MICROS);

        assertThat(later.use()).isGreaterThanOrEqualTo(FULL_USE);
        assertThat(later.arrivals().stream().filter(each -> !each.local()).map(Arrival::instance))
                .as("granted by Redis")
                .contains("jvm0", "jvm1", "jvm2");
    }

    @ParameterizedTest
    @EnumSource
    void nearlyAllCallsCouldBeCounted(Outage outage) {
        List<Arrival> all = of(outage).arrivals();

        assertThat(all.stream().filter(Course::isCounted).count()).isGreaterThan(all.size() * 8L / 10);
    }
}
