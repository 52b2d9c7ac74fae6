package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * FAULTS rows 1 to 4, in figures: each trouble, for one caller and for many, in each style. No part of the build, but run
 * by {@code make outage} on a machine that does nothing else. {@code -Doutage.calls=5000} is how many calls each cell has.
 */
class OutageFigures extends OutageContract {

    private static final int CALLS = Integer.getInteger("outage.calls", 2_560);

    /** Of which the third is p99.9. */
    private static final int ENOUGH = 2_000;

    /** Over which the calls are spread: the shortest trouble ends by itself after 2.5 s. */
    private static final Duration LASTS = Duration.ofMillis(1_600);

    /** How one asks. */
    enum Style {
        SYNC,
        ASYNC,
        REACTIVE
    }

    /** What is measured at once. */
    record Cell(Trouble trouble, int callers, Style style) {}

    private final Map<Trouble, List<Decisions>> rows = new EnumMap<>(Trouble.class);
    private Duration longestStall = Duration.ZERO;

    String client() {
        return "lettuce";
    }

    @Override
    RedisConnectionFactory factory(int port) {
        return new LettuceConnectionFactory("127.0.0.1", port);
    }

    @Override
    int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    int mostThreads() {
        return Integer.MAX_VALUE;
    }

    @Override
    int callsEach() {
        return 1;
    }

    @BeforeAll
    void warmUp() {
        loadClasses(this);
        System.out.printf(
                "%n%-24s %4s %-9s %6s %6s %9s %9s %9s %15s %12s%n",
                client(), "", "", "calls", "waited", "p50 ms", "p99.9", "max", "p99.9 by clock", "most stalls");
    }

    static Stream<Cell> cells() {
        return Arrays.stream(Trouble.values())
                .flatMap(trouble -> Stream.of(1, MANY)
                        .flatMap(callers ->
                                Arrays.stream(Style.values()).map(style -> new Cell(trouble, callers, style))));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void decisionsEndInTheirTime(Cell cell) {
        Decisions decisions = new Decisions();
        if (cell.style() == Style.REACTIVE) {
            inAnApplication(cell, decisions);
        } else {
            begin(cell.trouble());
            measure(cell, decisions, cell.style() == Style.SYNC ? OutageContract::sync : OutageContract::async);
        }
        cell.trouble().end(redis, proxy);
        comesBack();
        print(cell, decisions);

        assertThat(decisions.count()).isGreaterThanOrEqualTo(ENOUGH);
        assertThat(decisions.byRedis())
                .as("made by Redis, which was in trouble")
                .isZero();
        assertThat(decisions.quantile(0.999)).as("p99.9").isLessThanOrEqualTo(IN_TIME);
        assertThat(decisions.quantileByTheClock(1)).as("the slowest").isLessThanOrEqualTo(AT_MOST);
    }

    private void inAnApplication(Cell cell, Decisions decisions) {
        Trouble trouble = cell.trouble();
        if (trouble.first) {
            trouble.begin(redis, proxy);
        }
        connect();
        Contexts.redis()
                .withPropertyValues(
                        "spring.data.redis.port=" + proxy.port(),
                        "spring.data.redis.client-type=" + client(),
                        "reverse-rate-limiter.margin=1h")
                .withBean(ReactiveOutageIT.Client.class)
                .run(context -> {
                    ReactiveOutageIT.Client bean = context.getBean(ReactiveOutageIT.Client.class);
                    if (!trouble.first) {
                        await().ignoreExceptions()
                                .untilAsserted(() -> bean.call().block());
                        trouble.begin(redis, proxy);
                    }
                    measure(cell, decisions, unused -> bean.call().toFuture());
                });
    }

    private void measure(
            Cell cell, Decisions decisions, Function<ReverseRateLimiter, ? extends CompletableFuture<?>> call) {
        int each = CALLS / cell.callers();
        measure(decisions, cell.callers(), each, LASTS.dividedBy(each), call);
    }

    private void print(Cell cell, Decisions decisions) {
        rows.computeIfAbsent(cell.trouble(), unused -> new ArrayList<>()).add(decisions);
        longestStall = stalls.longest().compareTo(longestStall) > 0 ? stalls.longest() : longestStall;
        System.out.printf(
                Locale.ROOT,
                "%-24s %4d %-9s %6d %6d %9.2f %9.2f %9.2f %15.2f %12.2f%n",
                cell.trouble(),
                cell.callers(),
                cell.style(),
                decisions.count(),
                decisions.waited(),
                millis(decisions.quantile(0.5)),
                millis(decisions.quantile(0.999)),
                millis(decisions.quantile(1)),
                millis(decisions.quantileByTheClock(0.999)),
                millis(stalls.longest()));
    }

    @AfterAll
    void writeTable() throws IOException {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%nDecisions by %s, in ms, without the time in which the machine stood still (%.1f at most at once):%n%n",
                client(),
                millis(longestStall)));
        table.append("| trouble | decisions | waited > 50 ms | p50 | p99.9 | p99.9 of the worst cell | max |\n");
        table.append("|---|---|---|---|---|---|---|\n");
        Decisions all = new Decisions();
        List<Decisions> cells = new ArrayList<>();
        rows.forEach((trouble, each) -> {
            Decisions row = new Decisions();
            each.forEach(row::addAll);
            each.forEach(all::addAll);
            cells.addAll(each);
            table.append(line(trouble.name().toLowerCase(Locale.ROOT).replace('_', ' '), row, each));
        });
        if (!cells.isEmpty()) {
            table.append(line("**all**", all, cells));
        }
        System.out.println(table);
        Files.writeString(Path.of("target", "outage-" + client() + ".md"), table);
    }

    private static String line(String title, Decisions row, List<Decisions> cells) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.1f %% | %.2f | %.1f | %.1f | %.1f |%n",
                title,
                row.count(),
                100.0 * row.waited() / row.count(),
                millis(row.quantile(0.5)),
                millis(row.quantile(0.999)),
                cells.stream()
                        .mapToDouble(cell -> millis(cell.quantile(0.999)))
                        .max()
                        .orElseThrow(),
                millis(row.quantile(1)));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
