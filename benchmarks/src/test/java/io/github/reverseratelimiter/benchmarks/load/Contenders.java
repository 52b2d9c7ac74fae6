package io.github.reverseratelimiter.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** All limiters that are compared: ours in all its ways, what one would write oneself, and what people use today. */
final class Contenders {

    private Contenders() {}

    /** The cells in which it is shown how far any limiter could come. */
    private static final Set<Cell> SHOWN = Set.of(Cell.ONE, Cell.MIDDLE, Cell.MANY_THREADS, Cell.ASYNC, Cell.FAR);

    /** The cells of a few limiters: how trips are shared is all that matters there. */
    private static final Set<Cell> FEW = Set.of(Cell.EIGHT_FAR, Cell.MIDDLE_FAR);

    /** In the cells; the yardstick first, and last those that limit nothing. */
    static List<Contender> all() {
        return List.of(
                Contender.scripting(Contender.TRIVIAL, Contenders::everywhere, Bare::trivial),
                new Contender("INCR", Contenders::granted, commands -> commands.getOrDefault("incr", 0L), Bare::incr),
                zset(),
                ours(),
                Contender.scripting("ours, remembering no denials", Cell.DENIED::equals, Ours::forgetful),
                Contender.scripting("ours, Spring Data", Contenders::mostly, Ours::springData),
                annotated(),
                bucket4j(),
                batching(),
                redisson(),
                gateway(),
                local(Promise.IN_MEMORY, Ours::inMemory),
                local("Resilience4j (local)", LocalGate::resilience4j),
                local(Promise.GUAVA, LocalGate::guava),
                Contender.scripting(
                        "shared trips, trivial EVALSHA " + Contender.LIMIT, SHOWN::contains, EmptyTripsGate::new),
                parked("parked and woken ", cell -> !cell.isFar(), Duration.ZERO),
                parked("parked and woken 1 ms later ", Cell::isFar, Duration.ofMillis(1)),
                Contender.scripting("the least counting script " + Contender.LIMIT, Cell.ONE::equals, Bare::least));
    }

    /** Where callers wait. */
    static List<Contender> waiting() {
        return List.of(
                zset(),
                ours(),
                Contender.scripting(Promise.EVEN, Contenders::everywhere, Ours::even),
                annotated(),
                bucket4j(),
                batching(),
                redisson(),
                gateway());
    }

    /** Where memory is compared: those that keep something for an account. */
    static List<Contender> keeping() {
        return List.of(zset(), ours(), bucket4j(), redisson(), gateway());
    }

    private static Contender zset() {
        return Contender.scripting("plain ZSET script", Contenders::everywhere, Bare::zset);
    }

    private static Contender ours() {
        return Contender.scripting(Promise.OURS, Contenders::everywhere, Ours::lettuce);
    }

    private static Contender annotated() {
        return Contender.scripting("ours, annotated", Contenders::mostly, Annotated::new);
    }

    private static Contender redisson() {
        return Contender.scripting("Redisson", Contenders::mostly, RedissonGate::new);
    }

    private static Contender gateway() {
        return Contender.scripting("Spring Cloud Gateway", Contenders::mostly, GatewayGate::new);
    }

    private static Contender bucket4j() {
        return new Contender("Bucket4j", Contenders::mostly, Contenders::gets, Bucket4jGate::plain);
    }

    private static Contender batching() {
        return new Contender("Bucket4j, batching", Contenders::everywhere, Contenders::gets, Bucket4jGate::batching);
    }

    /** GET, and a script that compares and sets, which the server counts as a GET too. */
    private static long gets(Map<String, Long> commands) {
        return commands.getOrDefault("get", 0L);
    }

    private static Contender local(String title, Function<Site, Gate> opening) {
        return new Contender(title, Contenders::near, commands -> 0, opening);
    }

    private static Contender parked(String title, Predicate<Cell> cells, Duration later) {
        return new Contender(
                title + Contender.LIMIT,
                cells.and(SHOWN::contains).and(cell -> !cell.isAsync()),
                commands -> 0,
                site -> new Parked(later));
    }

    private static boolean everywhere(Cell cell) {
        return true;
    }

    private static boolean mostly(Cell cell) {
        return !FEW.contains(cell);
    }

    private static boolean granted(Cell cell) {
        return cell.outcome() == Cell.Outcome.GRANTED && mostly(cell);
    }

    private static boolean near(Cell cell) {
        return !cell.isAsync() && !cell.isFar() && cell.accounts() == 1;
    }
}
