package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.benchmarks.Redis;
import io.lettuce.core.RedisURI;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The load figures in a tiny version: that they are measured at all, and what no busy machine can blur. */
class LoadIT {

    private static final Effort TINY = new Effort(1, Duration.ofMillis(100), Duration.ofSeconds(3));

    private static final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private static final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private static Redis redis;
    private static List<Row> granted;

    @BeforeAll
    static void measure() throws IOException, InterruptedException {
        redis = Redis.start();
        granted = new Measurement(redis, TINY, out).measure(Cell.EIGHT, Contenders.all());
    }

    @AfterAll
    static void stop() throws IOException {
        redis.close();
    }

    @Test
    void measuresEveryLimiter() {
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("left out");
        assertThat(granted).hasSize(13).allSatisfy(row -> {
            assertThat(row.median(Sample::callsPerSecond)).as("%s", row).isPositive();
            assertThat(row.median(Sample::grantedShare)).as("%s", row).isEqualTo(1);
            assertThat(row.failed()).as("%s", row).isZero();
        });
    }

    @Test
    void countsTripsAndCommands() {
        assertThat(granted)
                .filteredOn(row -> row.limiter().equals("plain ZSET script"))
                .allSatisfy(row -> {
                    assertThat(row.median(Sample::trips)).isEqualTo(1);
                    assertThat(row.median(Sample::commands)).isBetween(6.0, 6.1);
                });
        assertThat(granted)
                .filteredOn(row -> row.limiter().contains("local"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.median(Sample::trips)).isZero());
    }

    @Test
    void keepsCallsInFlightAndHearsOfAllOfThem() throws Exception {
        List<Row> rows = new Measurement(redis, TINY, out).measure(Cell.ASYNC, some("ours"));
        assertThat(rows).hasSize(4).allSatisfy(row -> {
            assertThat(row.median(Sample::grantedShare)).as("%s", row).isEqualTo(1);
            assertThat(row.failed()).as("%s", row).isZero();
        });
    }

    @Test
    void showsHowFarAnyLimiterCouldCome() throws Exception {
        List<Row> rows = new Measurement(redis, TINY, out).measure(Cell.ONE, some("(limit)"));
        assertThat(rows)
                .extracting(Row::limiter)
                .containsExactly(
                        Contender.TRIVIAL,
                        "shared trips, trivial EVALSHA (limit)",
                        "parked and woken (limit)",
                        "the least counting script (limit)");
        assertThat(rows).extracting(row -> row.median(Sample::trips)).containsExactly(1.0, 1.0, 0.0, 1.0);
        assertThat(rows.get(3).median(Sample::commands)).isBetween(4.0, 4.1);
    }

    @Test
    void sharesTripsThatDecideNothing() throws Exception {
        List<Row> rows = new Measurement(redis, TINY, out).measure(Cell.ASYNC, some("shared trips"));
        assertThat(rows.get(1).median(Sample::grantedShare)).isEqualTo(1);
        assertThat(rows.get(1).median(Sample::trips)).isLessThan(0.5);
    }

    @Test
    void deniesAllWhereTheLimitIsUsedUp() throws Exception {
        List<Row> rows = new Measurement(redis, TINY, out).measure(Cell.DENIED, some("ours+Gateway"));
        assertThat(rows)
                .filteredOn(row -> !row.limiter().equals(Contender.TRIVIAL))
                .hasSize(6)
                .allSatisfy(row -> assertThat(row.median(Sample::grantedShare))
                        .as("%s", row)
                        .isZero());
    }

    @Test
    void waitsInLine() throws Exception {
        Waits.Sample sample = Waits.measure(redis, some("ours, annotated").get(1), TINY.waiting());
        assertThat(sample.trips()).isPositive();
        assertThat(sample.meanMillis()).isPositive().isLessThanOrEqualTo(sample.longestMillis());
    }

    @Test
    void weighsAFullWindow() {
        assertThat(Memory.measure(redis, some("Bucket4j").get(1)).bytes())
                .hasSameSizeAs(Memory.LIMITS)
                .allSatisfy(bytes -> assertThat(bytes).isBetween(50L, 1_000L));
    }

    @Test
    void isAMillisecondAwayAtTheEndOfTheWire() throws Exception {
        try (Wire wire = Wire.to(redis.uri().getPort(), Wire.HALF_A_MILLISECOND);
                Gate gate = Bare.trivial(new Site(RedisURI.create("127.0.0.1", wire.port()), Cell.ONE.limit(), 1));
                Crew crew = Cell.ONE.callers().hire()) {
            Crew.Tally tally = crew.work(gate, 1, TINY.round());
            assertThat(tally.latency().percentile(0)).isGreaterThanOrEqualTo(990_000);
            assertThat(wire.threads()).hasSize(5);
        }
    }

    private static List<Contender> some(String limiters) {
        return Options.of("limiters=" + limiters).wanted(Contenders.all());
    }
}
